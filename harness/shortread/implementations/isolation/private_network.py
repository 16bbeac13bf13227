"""A network of its own for an implementation: it has loopback and nothing else, and nobody else is in it.

A small program lives in the namespace, opens sockets there and passes them out (SCM_RIGHTS): a socket belongs to the
network in which it was opened, whoever uses it. So the harness can connect without ever entering the namespace,
which would need privileges.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections import defaultdict
from types import TracebackType
from typing import Self, TypeAlias

from shortread.implementations.isolation.launcher import STEP_FAILED
from shortread.implementations.isolation.level import IsolationError, launched
from shortread.wire.sock_diag import SOCK_DIAG_SOCKET, SockDiag, UnavailableError

_AT_ONCE = 64
"""To ask for each socket by itself would take a tenth of the time of a trial."""

_Sockets: TypeAlias = list[socket.socket]


class PrivateNetwork:
    """A network with its own ports. Use as a context manager; not for two threads at once.

    Raises IsolationError where it cannot be made.
    """

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        descriptor = str(theirs.fileno())
        steps = [("namespaces", "user", "network"), ("loopback",), ("give-up",), ("sockets", descriptor)]
        self._opener = subprocess.Popen(
            launched(steps, "", ()),
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._ready: dict[socket.AddressFamily, _Sockets] = defaultdict(list)
        try:
            self._ready[socket.AF_INET] = self._open(socket.AF_INET, socket.SOCK_STREAM, 0, _AT_ONCE)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    @property
    def process(self) -> int:
        """The process in whose namespaces `user` and `network` it is."""
        return self._opener.pid

    def socket(self, family: socket.AddressFamily) -> socket.socket:
        """A new TCP socket in this network. Raises OSError."""
        ready = self._ready[family]
        if not ready:
            ready += self._open(family, socket.SOCK_STREAM, 0, _AT_ONCE)
        return ready.pop()

    def sock_diag(self) -> SockDiag:
        """A channel to what the kernel knows of this network's sockets. Raises UnavailableError."""
        try:
            (channel,) = self._open(*SOCK_DIAG_SOCKET, 1)
        except OSError as error:
            raise UnavailableError(str(error)) from error
        return SockDiag(channel)

    def close(self) -> None:
        """End it; what is connected in it stays so until it is closed."""
        self._channel.close()
        for ready in self._ready.values():
            for unused in ready:
                unused.close()
        self._ready.clear()
        self._opener.kill()
        self._opener.communicate()

    def _open(self, family: int, kind: int, protocol: int, count: int) -> _Sockets:
        try:
            self._channel.send(f"{int(family)} {int(kind)} {protocol} {count}".encode())
            answer, descriptors, *_ = socket.recv_fds(self._channel, 64, count, socket.MSG_CMSG_CLOEXEC)
        except ConnectionError:
            answer, descriptors = b"", []
        if not answer:
            raise IsolationError(self._why_it_ended())
        if number := int(answer):
            raise OSError(number, os.strerror(number))
        return [socket.socket(family, kind & ~socket.SOCK_CLOEXEC, protocol, one) for one in descriptors]

    def _why_it_ended(self) -> str:
        _, errors = self._opener.communicate()
        said = errors.decode(errors="backslashreplace").strip().removeprefix("shortread: ")
        return said if self._opener.returncode == STEP_FAILED else f"the opener of sockets ended: {said or 'silently'}"
