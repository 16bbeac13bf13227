"""Where sockets are opened: in the network of the harness, or in one that only an implementation shares."""

from __future__ import annotations

import socket
from typing import Protocol

from shortread.wire.sock_diag import SockDiag


class Network(Protocol):
    """A network in which an implementation can be reached."""

    def socket(self, family: socket.AddressFamily) -> socket.socket:
        """A new TCP socket, AF_INET or AF_INET6. Raises OSError."""
        ...

    def sock_diag(self) -> SockDiag:
        """A channel to what the kernel knows of this network's sockets. Raises UnavailableError."""
        ...


class HostNetwork:
    """The network that the harness itself is in."""

    def socket(self, family: socket.AddressFamily) -> socket.socket:
        """A new TCP socket. Raises OSError."""
        return socket.socket(family, socket.SOCK_STREAM)

    def sock_diag(self) -> SockDiag:
        """A channel to what the kernel knows of this network's sockets. Raises UnavailableError."""
        return SockDiag()


HOST_NETWORK = HostNetwork()
