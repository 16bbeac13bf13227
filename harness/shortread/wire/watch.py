"""What the threads of an implementation are doing, as far as waiting for them is concerned.

A reading is taken by whoever can see the processes; what follows from one or two readings is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

UNSUPPORTED_DEATH = "exited with status 127"
"""How an implementation ends that does not do what it was asked to."""


class Activity(StrEnum):
    """What one thread is doing."""

    RUNNING = "running"
    """It runs, waits for a processor, or is in a call that ends by itself."""
    TIMED = "timed"
    """It is blocked in a call that ends when a time has passed that is shorter than the patience."""
    BLOCKED = "blocked"
    """It is blocked in a call that only an event can end (or a time longer than the patience)."""


@dataclass(frozen=True, slots=True)
class ThreadReading:
    """One thread at one moment: nanoseconds spent on a processor and nanoseconds spent waiting for one."""

    thread_id: int
    activity: Activity
    cpu_ns: int
    queued_ns: int


Reading = tuple[ThreadReading, ...]
"""All threads of an implementation's process tree, ordered by thread id; empty when it has died."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the processes of an implementation have at one moment."""

    descriptors: int
    threads: int
    resident_bytes: int


class Watch(Protocol):
    """Looks at the implementation's processes."""

    def read(self) -> Reading | None:
        """Read all threads now; None where nothing can be seen (another host, another user's process)."""
        ...

    def usage(self) -> Usage | None:
        """What its processes have now; None where nothing can be seen."""
        ...

    def death(self) -> str | None:
        """How the implementation's first process ended; None while it lives or cannot be seen."""
        ...


def is_blocked(reading: Reading) -> bool:
    """Whether every thread can only go on by an event from outside."""
    return bool(reading) and all(thread.activity is Activity.BLOCKED for thread in reading)


def is_unchanged(earlier: Reading, later: Reading) -> bool:
    """Whether no thread came, went or ran between two readings.

    Threads are read one after the other, so a single reading may miss work that is handed from an unread to a
    read thread. Two equal readings that are all blocked are a state that really held at one moment.
    """
    return earlier == later


def spinning_threads(earlier: Reading, later: Reading, *, window_seconds: float) -> tuple[int, ...]:
    """The threads that ran, or waited for a processor, for more than half of the window.

    Waiting for a processor counts, so that the answer is the same on a loaded machine; the rest of the window is
    for what the kernel has not accounted for yet, and for what a hypervisor took, which counts for nobody.
    """
    before = {thread.thread_id: thread for thread in earlier}
    threshold_ns = 0.5 * window_seconds * 1e9
    return tuple(
        thread.thread_id
        for thread in later
        if thread.thread_id in before and _busy_ns(thread) - _busy_ns(before[thread.thread_id]) > threshold_ns
    )


def _busy_ns(thread: ThreadReading) -> int:
    return thread.cpu_ns + thread.queued_ns
