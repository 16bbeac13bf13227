"""The drain gate: has the implementation read what was sent?"""

from __future__ import annotations

import os
import time
from enum import Enum

from shortread.wire.sock_diag import SockDiag, TcpState, connection_query

_EAGER_TRIES = 8
"""How often to ask in a row before giving the processor away between two questions."""


class Drain(Enum):
    """What became of the octets that were sent."""

    READ = "read"
    UNREAD = "unread"
    GONE = "gone"


class Gate:
    """Asks the kernel about the implementation's end of one connection.

    `own` and `peer` are the numeric addresses of our end and of the implementation's.
    """

    def __init__(self, diag: SockDiag, *, own: tuple[str, int], peer: tuple[str, int]) -> None:
        self._ask = diag.connection
        self._query = connection_query(local=peer, remote=own)

    def await_read(self, sent_bytes: int, *, timeout_seconds: float) -> Drain:
        """Wait until `sent_bytes` have been received and none of them waits to be read.

        Both counters are needed: octets that are still in the socket's backlog are not in its receive queue.
        """
        tries = 0
        deadline: float | None = None
        while True:
            state, unread, _, received = self._ask(self._query)
            if state == TcpState.GONE:
                return Drain.GONE
            if unread == 0 and received == sent_bytes:
                return Drain.READ
            tries += 1
            if tries <= _EAGER_TRIES:
                continue
            # A gate that asks without pause would take the processor that the implementation needs.
            os.sched_yield()
            if tries % 64 == 0:
                now = time.monotonic()
                deadline = deadline or now + timeout_seconds
                if now >= deadline:
                    return Drain.UNREAD

    def await_end(self, *, timeout_seconds: float) -> bool:
        """Wait until the implementation has closed its end; False when the time is over."""
        deadline = time.monotonic() + timeout_seconds
        while self._ask(self._query)[0] != TcpState.GONE:
            if time.monotonic() >= deadline:
                return False
            os.sched_yield()
        return True

    def unsent_bytes(self) -> int:
        """Octets that the implementation has written and that our kernel has not acknowledged."""
        return self._ask(self._query)[2]
