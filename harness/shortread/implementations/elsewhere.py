"""An implementation that runs already, somewhere: it is connected to, and nothing else of it can be seen."""

from __future__ import annotations

import socket

from shortread.errors import UsageError
from shortread.wire.watch import Reading, Usage


class Unseen:
    """A watch over processes that cannot be looked at."""

    def read(self) -> Reading | None:
        """Nothing can be seen."""
        return None

    def usage(self) -> Usage | None:
        """Nothing can be seen."""
        return None

    def death(self) -> str | None:
        """Nobody knows."""
        return None


class RunningElsewhere:
    """A server at an address. It is neither started nor ended here."""

    is_flooding = False
    processes: tuple[int, ...] = ()
    transcript = None

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.watch = Unseen()

    def output_tail(self) -> str:
        """Its output is not ours to see."""
        return ""

    def end(self) -> None:
        """It goes on running."""


def parse_address(text: str) -> tuple[str, int]:
    """A numeric address and port from HOST:PORT; an IPv6 address stands in brackets. Raises UsageError."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise UsageError.single(
            where="--connect",
            expected="HOST:PORT, with a port from 1 to 65535",
            found=repr(text),
            remedy="write for example: --connect 127.0.0.1:6379",
        )
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError.single(
            where="--connect",
            expected="a host that has an address",
            found=f"{host!r} ({error})",
            remedy="check its name",
        ) from error
    address = found[0][4]
    return str(address[0]), int(address[1])
