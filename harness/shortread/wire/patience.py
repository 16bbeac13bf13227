"""When waiting is over: the implementation is blocked for good, it spins, or the patience has run out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

from shortread.wire.watch import Reading, Watch, is_blocked, is_unchanged, spinning_threads

TICK_SECONDS = 0.01
"""How long a read waits before the implementation is looked at."""


_WIDER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for something that may never come.

    `quiet_seconds`: how long every thread must have been blocked for good before waiting ends early; None to
    wait for the whole `limit_seconds` whatever the threads do. `spin_seconds`: how long a thread must have been
    running without a pause to be called spinning.
    """

    limit_seconds: float = 2.0
    quiet_seconds: float | None = 0.02
    spin_seconds: float = 0.1

    @property
    def full(self) -> Patience:
        """The same patience without the short ways out: what a finding is confirmed with."""
        return Patience(limit_seconds=self.limit_seconds, quiet_seconds=None, spin_seconds=self.limit_seconds * 0.9)

    @property
    def widened(self) -> Patience:
        """More patience with quiet and with busy threads, for an implementation that turned out to be slow."""
        assert self.quiet_seconds is not None
        return Patience(
            limit_seconds=self.limit_seconds,
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

    def look(self) -> State:
        """Read the threads once and say what follows from all readings since something last moved."""
        if self._watch.death() is not None:
            return State.DEAD
        now = time.monotonic()
        reading = self._watch.read()
        if reading is not None and self._patience.quiet_seconds is not None and self._is_quiet(now, reading):
            return State.QUIET
        if reading is not None and self._is_spinning(now, reading):
            return State.SPINNING
        return State.EXPIRED if now - self._started >= self._patience.limit_seconds else State.UNDECIDED

    def _is_quiet(self, now: float, reading: Reading) -> bool:
        if not is_blocked(reading):
            self._quiet_since = None
        elif self._quiet_since is None or not is_unchanged(self._quiet_since[1], reading):
            self._quiet_since = now, reading
        assert self._patience.quiet_seconds is not None
        return self._quiet_since is not None and now - self._quiet_since[0] >= self._patience.quiet_seconds

    def _is_spinning(self, now: float, reading: Reading) -> bool:
        if self._first is None:
            self._first = now, reading
        began, first = self._first
        window_seconds = now - began
        return window_seconds >= self._patience.spin_seconds and bool(
            spinning_threads(first, reading, window_seconds=window_seconds)
        )


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
        if before is not None and is_blocked(reading) and is_unchanged(before, reading):
            return True
        if time.monotonic() >= deadline:
            return False
        if before is not None and not is_blocked(reading):
            time.sleep(0)
        before = reading
