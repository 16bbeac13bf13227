"""What follows from one reading of the threads, and from two."""

from __future__ import annotations

import pytest

from shortread.wire.watch import Activity, Reading, ThreadReading, is_blocked, is_unchanged, spinning_threads


def thread(
    activity: Activity = Activity.BLOCKED, *, thread_id: int = 1, cpu: int = 0, queued: int = 0
) -> ThreadReading:
    return ThreadReading(thread_id, activity, cpu, queued)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ((), False),
        ((thread(),), True),
        ((thread(), thread(thread_id=2)), True),
        ((thread(), thread(Activity.TIMED, thread_id=2)), False),
        ((thread(), thread(Activity.RUNNING, thread_id=2)), False),
    ],
    ids=["nobody", "one", "all", "all but one that wakes up by itself", "all but one that runs"],
)
def test_a_reading_is_blocked_when_every_thread_is(reading: Reading, expected: bool) -> None:
    assert is_blocked(reading) is expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ((thread(),), True),
        ((thread(cpu=1),), False),
        ((thread(queued=1),), False),
        ((thread(Activity.RUNNING),), False),
        ((thread(), thread(thread_id=2)), False),
        ((), False),
    ],
    ids=["the same", "ran", "waited for a processor", "runs", "started another", "ended"],
)
def test_a_reading_is_unchanged_when_nobody_came_went_or_ran(later: Reading, expected: bool) -> None:
    assert is_unchanged((thread(),), later) is expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ((thread(cpu=1_000_000_000),), (1,)),
        ((thread(cpu=500_000_000, queued=500_000_000),), (1,)),
        ((thread(cpu=500_000_000),), ()),
        ((thread(), thread(thread_id=2, cpu=1_000_000_000)), ()),
    ],
    ids=["ran all the time", "ran whenever it could", "ran half the time", "not known a second ago"],
)
def test_a_thread_spins_that_never_pauses(later: Reading, expected: tuple[int, ...]) -> None:
    assert spinning_threads((thread(),), later, window_seconds=1.0) == expected
