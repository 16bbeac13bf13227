"""Ports for implementations to listen on: below the range that the kernel takes for connections."""

from __future__ import annotations

import errno
import socket
import threading
from collections import deque
from pathlib import Path
from random import Random

from shortread.errors import ImplementationError

_EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_UNPRIVILEGED = 1024
_END = 1 << 16
_WANTED = 10_000
_FEWEST = 1000
_FALLBACK = range(20_000, 30_000)
_TRIES = 1000


def ports_outside(ephemeral: tuple[int, int] | None) -> range:
    """The ports to choose from, given the first and last ephemeral port: those below, or else those above.

    20000 to 29999 where the range is not known or covers nearly everything.
    """
    if ephemeral is None:
        return _FALLBACK
    first, last = ephemeral
    if first - _FIRST_UNPRIVILEGED >= _FEWEST:
        return range(max(_FIRST_UNPRIVILEGED, first - _WANTED), first)
    if _END - last - 1 >= _FEWEST:
        return range(last + 1, _END)
    return _FALLBACK


def ephemeral_range() -> tuple[int, int] | None:
    """The first and last port that the kernel gives to connections; None where it does not say."""
    try:
        first, last = _EPHEMERAL_RANGE.read_text(encoding="ascii").split()
    except OSError:
        return None
    return int(first), int(last)


class PortChooser:
    """Gives out ports that nobody uses now, and none of them again soon. May be shared by threads.

    A port can still be taken before the implementation binds it: nothing reserves it.
    """

    def __init__(self, random: Random, *, ports: range | None = None) -> None:
        self._random = random
        self._ports = ports_outside(ephemeral_range()) if ports is None else ports
        self._recent: deque[int] = deque(maxlen=len(self._ports) // 2)
        self._lock = threading.Lock()

    def choose(self) -> int:
        """A free port. Raises ImplementationError when there seems to be none."""
        with self._lock:
            for _ in range(_TRIES):
                port = self._random.choice(self._ports)
                if port not in self._recent and is_free(port):
                    self._recent.append(port)
                    return port
        raise ImplementationError(f"no free port was found from {self._ports.start} to {self._ports.stop - 1}")


def is_free(port: int) -> bool:
    """Whether a server could bind the port on every address, IPv4 and IPv6, without SO_REUSEADDR."""
    families = (
        [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")] if socket.has_ipv6 else [(socket.AF_INET, "0.0.0.0")]
    )
    return all(_can_bind(family, address, port) for family, address in families)


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        probe = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return True  # without the family nobody can hold the port in it
    with probe:
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRNOTAVAIL
    return True
