"""Live traffic as a pcapng file: what the proxy received and sent on the connections to both sides."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import BinaryIO

from shortread.proxy.records import write_out
from shortread.wire.pcapng import TcpConversation, header, packet

_CLIENT_SIDE, _SERVER_SIDE = 0, 1


class Capture:
    """Writes packets that a capture on both sides would have shown; `maybe_file` None captures nothing.

    Segments are as the proxy read and wrote them. Acknowledgements and windows are made up. The file is to be
    unbuffered; UsageError is raised when it takes no more.
    """

    def __init__(self, maybe_file: BinaryIO | None, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._maybe_file = maybe_file
        self._clock = clock
        self._write(header("client side", "server side"))

    @property
    def is_wanted(self) -> bool:
        """Whether there is a file to write."""
        return self._maybe_file is not None

    def tap(self, connection: socket.socket, *, is_client: bool) -> NoTap:
        """What captures one of our sockets: that to the client, or that to the server."""
        return Tap(self, connection, is_client=is_client) if self.is_wanted else _NO_TAP

    def packets(self, interface: int, octets: list[bytes], comment: str) -> None:
        """Write packets of now; the comment is the first one's."""
        for number, one in enumerate(octets):
            self._write(packet(one, interface, self._clock(), comment if number == 0 else ""))

    def _write(self, block: bytes) -> None:
        if self._maybe_file is not None:
            write_out(self._maybe_file, block)


class NoTap:
    """Captures nothing."""

    def received(self, octets: memoryview) -> None:
        """Octets were read."""

    def sent(self, octets: memoryview) -> None:
        """Octets were written."""

    def sent_end(self) -> None:
        """We have half-closed."""

    def received_end(self) -> None:
        """The other side has half-closed."""

    def reset(self, *, by_peer: bool) -> None:
        """The connection was reset, by the other side or by us."""

    def comment(self, text: str) -> None:
        """Say something about the next packet."""


class Tap(NoTap):
    """Captures one connection."""

    def __init__(self, capture: Capture, connection: socket.socket, *, is_client: bool) -> None:
        self._capture = capture
        own, peer = connection.getsockname()[:2], connection.getpeername()[:2]
        # The one that connected is the first: the client, and on the other side ourselves.
        self._conversation = TcpConversation(peer, own) if is_client else TcpConversation(own, peer)
        self._peer, self._own = (0, 1) if is_client else (1, 0)
        self._interface = _CLIENT_SIDE if is_client else _SERVER_SIDE
        self._comment = ""
        self._put(self._conversation.open())

    def received(self, octets: memoryview) -> None:
        """Octets were read."""
        self._put(self._conversation.data(self._peer, bytes(octets)))

    def sent(self, octets: memoryview) -> None:
        """Octets were written."""
        self._put(self._conversation.data(self._own, bytes(octets)))

    def sent_end(self) -> None:
        """We have half-closed."""
        self._put(self._conversation.end(self._own))

    def received_end(self) -> None:
        """The other side has half-closed."""
        self._put(self._conversation.end(self._peer))

    def reset(self, *, by_peer: bool) -> None:
        """The connection was reset, by the other side or by us."""
        self._put(self._conversation.reset(self._peer if by_peer else self._own))

    def comment(self, text: str) -> None:
        """Say something about the next packet."""
        self._comment = text

    def _put(self, packets: list[bytes]) -> None:
        self._capture.packets(self._interface, packets, self._comment)
        self._comment = ""


_NO_TAP = NoTap()
