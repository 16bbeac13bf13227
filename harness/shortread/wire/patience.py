"""When waiting is over: the implementation is blocked for good, it spins, or the patience has run out."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum

from shortread.wire.watch import Activity, Reading, ThreadReading, Watch, is_blocked, is_unchanged, spinning_threads

TICK_SECONDS = 0.004
"""How long a read waits before the implementation is looked at; kernels round it up to their own ticks."""

SETTLE_LIMIT_SECONDS = 0.03
"""How long is waited for an implementation that is to come to rest and may not."""
_WIDER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for something that may never come.

    `limit_seconds`: when waiting ends in any case. It ends early, where it `may_end_early`, when every thread has
    been blocked for good for `quiet_seconds`, or a thread has been running without a pause for `spin_seconds`.
    """

    limit_seconds: float = 2.0
    quiet_seconds: float = 0.02
    spin_seconds: float = 0.1
    may_end_early: bool = True

    @property
    def full(self) -> Patience:
        """The same without the short ways out: what a finding is confirmed with."""
        return replace(self, may_end_early=False)

    @property
    def spent(self) -> Patience:
        """What is left for the rest of a trial in which the limit was reached once: its failure is certain."""
        return replace(self, may_end_early=True)

    @property
    def for_starting(self) -> Patience:
        """The same for a program that has only just been started, which is busy with itself for a while."""
        return replace(self, spin_seconds=self.limit_seconds)

    @property
    def widened(self) -> Patience:
        """More patience with quiet and with busy threads, for an implementation that turned out to be slow."""
        return replace(
            self,
            quiet_seconds=min(self.quiet_seconds * _WIDER, self.limit_seconds),
            spin_seconds=min(self.spin_seconds * _WIDER, self.limit_seconds),
        )


class State(StrEnum):
    """What a vigil came to."""

    UNDECIDED = "undecided"
    QUIET = "quiet"
    SPINNING = "spinning"
    EXPIRED = "expired"
    DEAD = "dead"


class Vigil:
    """Watches an implementation while one thing is being waited for.

    Call `look` about every tick, and `stir` whenever octets moved.
    """

    def __init__(self, watch: Watch, patience: Patience) -> None:
        self._watch = watch
        self._patience = patience
        self._started = time.monotonic()
        self._first: tuple[float, Reading] | None = None
        self._quiet_since: tuple[float, Reading] | None = None

    def stir(self) -> None:
        """Something moved: start over, quietness and patience both."""
        self._started = time.monotonic()
        self._first = self._quiet_since = None

    @property
    def is_over(self) -> bool:
        """Whether the patience has run out."""
        return time.monotonic() - self._started >= self._patience.limit_seconds

    def look(self) -> State:
        """Read the threads once and say what follows from all readings since something last moved."""
        if self._watch.death() is not None:
            return State.DEAD
        # We may lose the processor while reading. Quietness must have lasted at least from behind the first reading
        # to before the last, and a spin all the time from before the first to behind the last.
        before = time.monotonic()
        reading = self._watch.read()
        after = time.monotonic()
        is_quiet = reading is not None and self._is_quiet(before, after, reading)
        is_spinning = reading is not None and self._is_spinning(before, after, reading)
        is_over = before - self._started >= self._patience.limit_seconds
        if is_over or self._patience.may_end_early:
            if is_spinning:
                return State.SPINNING
            if is_quiet:
                return State.QUIET
        return State.EXPIRED if is_over else State.UNDECIDED

    def _is_quiet(self, before: float, after: float, reading: Reading) -> bool:
        if not is_blocked(reading):
            self._quiet_since = None
        elif self._quiet_since is None or not is_unchanged(self._quiet_since[1], reading):
            self._quiet_since = after, reading
        return self._quiet_since is not None and before - self._quiet_since[0] >= self._patience.quiet_seconds

    def _is_spinning(self, before: float, after: float, reading: Reading) -> bool:
        if self._first is None or not _thread_ids(reading) <= _thread_ids(self._first[1]):
            # A thread that was only started meanwhile has to be seen twice as well.
            self._first = before, reading
        began, first = self._first
        window_seconds = after - began
        return window_seconds >= self._patience.spin_seconds and bool(
            spinning_threads(first, reading, window_seconds=window_seconds)
        )


def _thread_ids(reading: Reading) -> set[int]:
    return {thread.thread_id for thread in reading}


def settle(watch: Watch, *, limit_seconds: float) -> bool:
    """Wait until two readings in a row show every thread blocked for good and nothing having run between them.

    False when the time is over, and when nothing can be seen.
    """
    deadline = time.monotonic() + limit_seconds
    before: Reading | None = None
    while True:
        reading = watch.read()
        if reading is None:
            time.sleep(limit_seconds)
            return False
        if before is not None and (is_blocked(reading) or not reading) and is_unchanged(before, reading):
            # Whoever is dead rests.
            return True
        if time.monotonic() >= deadline:
            return False
        if before is not None and not is_blocked(reading):
            time.sleep(0)
        before = reading


def await_rest(watch: Watch, *, limit_seconds: float) -> None:
    """Wait until no thread runs, or the first process has ended; no longer than the limit, nor where nobody sees."""
    deadline = time.monotonic() + limit_seconds
    before: Reading | None = None
    while watch.death() is None and time.monotonic() < deadline:
        reading = watch.read()
        if reading is None or (reading and reading == before and not any(map(_is_running, reading))):
            return
        time.sleep(0)
        before = reading


def is_busy(watch: Watch) -> bool:
    """Whether a thread runs, or nobody sees whether one does."""
    reading = watch.read()
    return reading is None or any(map(_is_running, reading))


def _is_running(thread: ThreadReading) -> bool:
    return thread.activity is Activity.RUNNING
