"""Has the other side read what was sent? Asked of the kernel, without blocking the loop."""

from __future__ import annotations

import ipaddress
import socket

from shortread.evidence import Proof
from shortread.wire.sock_diag import SockDiag, TcpState, UnavailableError, connection_query

_EAGER_TRIES = 8
POLL_SECONDS = 0.001
READ_LIMIT_SECONDS = 1.0
"""How long a reader may take before the next segment is sent anyway, and the two are called merged."""
ASSUMED_SECONDS = 0.02
"""What stands for a reading that nobody can be asked about."""

Answer = tuple[Proof | None, float]
"""The proof, or None and after how many seconds to ask again."""


class Kernel:
    """One channel to the kernel for all connections; where there is none, every boundary is assumed."""

    def __init__(self) -> None:
        self._maybe_diag: SockDiag | None
        try:
            self._maybe_diag = SockDiag()
        except UnavailableError:
            self._maybe_diag = None

    def close(self) -> None:
        """Close the channel."""
        if self._maybe_diag is not None:
            self._maybe_diag.close()

    def ask(self, query: bytes) -> tuple[int, int, int] | None:
        """(state, unread octets, octets received in all) of one end of a connection; None where nobody knows."""
        if self._maybe_diag is None:
            return None
        try:
            state, unread, _, received = self._maybe_diag.connection(query)
        except UnavailableError:
            return None
        return state, unread, received


class Reader:
    """Whoever reads what we write to `connection`, as the kernel sees it where that is on this machine."""

    def __init__(self, kernel: Kernel, connection: socket.socket) -> None:
        self._kernel = kernel
        self.connection = connection
        self._maybe_query: bytes | None = None
        self._is_invisible = False

    def look(self) -> None:
        """Find out whether it is on this machine; to be called while it is certainly connected."""
        own, peer = self.connection.getsockname()[:2], self.connection.getpeername()[:2]
        self._maybe_query = connection_query(local=(_plain(peer[0]), peer[1]), remote=(_plain(own[0]), own[1]))
        answer = self._kernel.ask(self._maybe_query)
        self._is_invisible = answer is None or answer[0] == TcpState.GONE

    def has_read(self, sent_bytes: int, waited_seconds: float) -> Answer:
        """Whether it has read so many octets, after so long."""
        if self._is_invisible or self._maybe_query is None:
            is_over = waited_seconds >= ASSUMED_SECONDS
            return (Proof.ASSUMED, 0.0) if is_over else (None, ASSUMED_SECONDS - waited_seconds)
        for _ in range(_EAGER_TRIES):
            answer = self._kernel.ask(self._maybe_query)
            if answer is None:
                return Proof.ASSUMED, 0.0
            state, unread, received = answer
            if state == TcpState.GONE:
                # It has closed, or half-closed and reads on; the kernel is not asked which.
                self._is_invisible = True
                return self.has_read(sent_bytes, waited_seconds)
            if unread == 0 and received == sent_bytes:
                return Proof.READ, 0.0
        return (Proof.MERGED, 0.0) if waited_seconds >= READ_LIMIT_SECONDS else (None, POLL_SECONDS)


def _plain(host: str) -> str:
    """An address without its scope, and as IPv4 where it is one in the guise of IPv6."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
