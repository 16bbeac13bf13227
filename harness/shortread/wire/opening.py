"""How the two ends of a connection find each other: we connect to a server, or accept a client."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from functools import cache
from typing import Protocol, TypeAlias

from shortread.errors import UnsupportedError
from shortread.wire.network import HOST_NETWORK, Network
from shortread.wire.patience import TICK_SECONDS
from shortread.wire.watch import UNSUPPORTED_DEATH, Watch

_SMALL_WINDOW_BYTES = 4096
_NOT_ACCEPTED = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.ETIMEDOUT})


Opened: TypeAlias = tuple[socket.socket, tuple[str, int]]
"""A connection, and the numeric address of the implementation's end."""


class ConnectError(Exception):
    """There was no connection to be had with the implementation; the text says why."""


class Opening(Protocol):
    """Opens connections with one running implementation."""

    def open(self, limit_seconds: float, *, is_slow_reader: bool = False) -> Opened:
        """A fresh connection, whose reads wait for a tick and raise BlockingIOError then.

        A slow reader offers a small receive window. Raises ConnectError where there is none in time.
        """
        ...


class Connecting:
    """Connects to where a server listens: a numeric address and a port in a network."""

    def __init__(self, address: tuple[str, int], network: Network = HOST_NETWORK) -> None:
        self.address = address
        self._network = network
        self._family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET

    def open(self, limit_seconds: float, *, is_slow_reader: bool = False) -> Opened:
        """Connect."""
        connection = self._network.socket(self._family)
        try:
            _set_up(connection)
            # This one ends `connect`, which would try for minutes where nobody accepts; nothing else here blocks.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(limit_seconds))
            if is_slow_reader:
                # Before connecting, because the window that is offered follows from it.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_WINDOW_BYTES)
            connection.connect(self.address)
        except BlockingIOError as error:
            connection.close()
            raise ConnectError(f"it did not accept a connection within {limit_seconds:g} s") from error
        except OSError as error:
            connection.close()
            if error.errno not in _NOT_ACCEPTED:
                raise
            raise ConnectError(os.strerror(error.errno)) from error
        except BaseException:
            connection.close()
            raise
        return connection, self.address


class Accepting:
    """Accepts a client at a listening socket; `watch` sees whether the client lives. One that is `waiting` comes first.

    Opening raises UnsupportedError for one that says, by its exit status, that it does not do this.
    """

    def __init__(self, listener: socket.socket, watch: Watch, waiting: socket.socket | None = None) -> None:
        listener.settimeout(0)
        self._listener = listener
        self._watch = watch
        self._waiting = waiting

    def open(self, limit_seconds: float, *, is_slow_reader: bool = False) -> Opened:
        """Wait for it to connect, for so long, and as long as it lives."""
        if is_slow_reader:
            # A connection takes its window from the listening socket.
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_WINDOW_BYTES)
        if self._waiting is not None:
            connection, self._waiting = self._waiting, None
            connection.settimeout(None)
            _set_up(connection)
            return connection, connection.getpeername()[:2]
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        deadline = time.monotonic() + limit_seconds
        while True:
            # Whoever has died may have connected before.
            death = self._watch.death()
            if poll.poll(0 if death else TICK_SECONDS * 1000):
                connection, address = self._listener.accept()
                connection.settimeout(None)
                _set_up(connection)
                return connection, address[:2]
            if death == UNSUPPORTED_DEATH:
                raise UnsupportedError(f"it {death}: it does not do what it was asked to")
            if death:
                raise ConnectError(f"it {death} and did not connect")
            if time.monotonic() >= deadline:
                raise ConnectError(f"it did not connect within {limit_seconds:g} s")


def _set_up(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A timeout in the kernel costs one call for each read; Python's own would cost two.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(TICK_SECONDS))


@cache
def _timeval(seconds: float) -> bytes:
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1e6))
