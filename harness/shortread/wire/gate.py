"""The drain gate: has the implementation read what was sent?

The kernel is asked; where it does not know, a time passes and the answer is an assumption.
"""

from __future__ import annotations

import os
import time
from enum import Enum
from functools import partial
from typing import Protocol

from shortread.wire.sock_diag import SockDiag, TcpState, connection_query

_EAGER_TRIES = 8
"""How often to ask in a row before giving the processor away between two questions."""


class Drain(Enum):
    """What became of the octets that were sent."""

    READ = "read"
    UNREAD = "unread"
    GONE = "gone"
    ASSUMED = "assumed"
    """Nobody could be asked; time passed."""


class Gate(Protocol):
    """Tells what became of what was sent on one connection."""

    def await_read(self, sent_bytes: int, *, timeout_seconds: float) -> Drain:
        """Wait until `sent_bytes` have been received and none of them waits to be read."""
        ...

    def await_end(self, *, timeout_seconds: float) -> bool:
        """Wait until the implementation has closed its end; False when the time is over."""
        ...

    def is_half_closed(self) -> bool:
        """Whether the implementation has ended its stream and still reads ours; false if not known."""
        ...

    def has_arrived(self, sent_bytes: int) -> bool:
        """Whether so much has come into the implementation's socket, read or not; true if not known."""
        ...

    def unsent_bytes(self) -> int:
        """Octets that the implementation has written and that our kernel has not acknowledged; 0 if not known."""
        ...

    def unread_bytes(self) -> int | None:
        """Octets that have come into the implementation's socket and were not read; None if not known.

        An end of the stream that was not read counts as one.
        """
        ...


class TimedGate:
    """Lets a calibrated time pass: what was sent is assumed to have been read by then, and proves nothing."""

    def __init__(self, pause_seconds: float) -> None:
        self._pause_seconds = pause_seconds

    def await_read(self, sent_bytes: int, *, timeout_seconds: float) -> Drain:
        """Let the time pass."""
        del sent_bytes, timeout_seconds
        time.sleep(self._pause_seconds)
        return Drain.ASSUMED

    def await_end(self, *, timeout_seconds: float) -> bool:
        """Let the time pass; nobody knows better."""
        del timeout_seconds
        time.sleep(self._pause_seconds)
        return True

    def is_half_closed(self) -> bool:
        """Nobody knows."""
        return False

    def has_arrived(self, sent_bytes: int) -> bool:
        """Nobody knows."""
        del sent_bytes
        return True

    def unsent_bytes(self) -> int:
        """Nobody knows."""
        return 0

    def unread_bytes(self) -> int | None:
        """Nobody knows."""
        return None


class KernelGate:
    """Asks the kernel about the implementation's end of one connection.

    `own` and `peer` are the numeric addresses of our end and of the implementation's. An implementation that
    `may_half_close` has not closed its end by ending its stream.
    """

    def __init__(
        self, diag: SockDiag, *, own: tuple[str, int], peer: tuple[str, int], may_half_close: bool = False
    ) -> None:
        self._ask = partial(diag.connection, may_half_close=True) if may_half_close else diag.connection
        self._query = connection_query(local=peer, remote=own)

    def knows_peer(self) -> bool:
        """Whether the kernel knows the implementation's end: it does not on another host or in another namespace."""
        return self._ask(self._query)[0] != TcpState.GONE

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

    def is_half_closed(self) -> bool:
        """Whether the implementation has ended its stream and still has its end open."""
        return self._ask(self._query)[0] in (TcpState.FIN_WAIT1, TcpState.FIN_WAIT2)

    def has_arrived(self, sent_bytes: int) -> bool:
        """Whether so much has come into the implementation's socket, read or not; the end of the stream counts as one.

        On a loaded machine the kernel delivers a segment some time after it was sent, loopback or not.
        """
        state, _, _, received = self._ask(self._query)
        return state == TcpState.GONE or received >= sent_bytes

    def unread_bytes(self) -> int | None:
        """Octets that have come into the implementation's socket and were not read; None if it is gone."""
        state, unread, _, _ = self._ask(self._query)
        return None if state == TcpState.GONE else unread

    def unsent_bytes(self) -> int:
        """Octets that the implementation has written and that our kernel has not acknowledged."""
        return self._ask(self._query)[2]
