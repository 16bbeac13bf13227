"""When waiting is over, from readings that are made up: their order decides, and never how fast the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from shortread.wire.patience import Patience, State, Vigil, await_rest, settle
from shortread.wire.watch import Activity, Reading, ThreadReading

MakeWatch = Callable[..., Any]

FOR_EVER = 1e6
SOON = Patience(limit_seconds=0.05, quiet_seconds=0.01, spin_seconds=0.01)
ENDLESS = Patience(limit_seconds=FOR_EVER, quiet_seconds=0.01, spin_seconds=0.01)


def threads(*activities: Activity, cpu_ns: int = 0, queued_ns: int = 0) -> Reading:
    return tuple(ThreadReading(at, activity, cpu_ns, queued_ns) for at, activity in enumerate(activities))


BLOCKED = threads(Activity.BLOCKED)
TIMED = threads(Activity.TIMED)
RUNNING = threads(Activity.RUNNING)


def outcome(vigil: Vigil) -> State:
    """What it comes to in the end."""
    return next(state for state in iter(vigil.look, None) if state is not State.UNDECIDED)


def test_threads_that_stay_blocked_are_quiet(made_up: MakeWatch) -> None:
    assert outcome(Vigil(made_up([BLOCKED]), ENDLESS)) is State.QUIET


def test_threads_that_come_to_be_blocked_are_quiet(made_up: MakeWatch) -> None:
    watch = made_up([RUNNING, TIMED, threads(Activity.BLOCKED, cpu_ns=5), BLOCKED])
    assert outcome(Vigil(watch, ENDLESS)) is State.QUIET
    assert watch.count > 4


def test_threads_that_run_between_two_looks_are_not_quiet(made_up: MakeWatch) -> None:
    turns = count()
    watch = made_up([lambda: threads(Activity.BLOCKED, cpu_ns=next(turns))])
    assert outcome(Vigil(watch, SOON)) is State.EXPIRED


def test_one_thread_that_wakes_up_by_itself_is_waited_for(made_up: MakeWatch) -> None:
    assert outcome(Vigil(made_up([threads(Activity.BLOCKED, Activity.TIMED)]), SOON)) is State.EXPIRED


@pytest.mark.parametrize("account", ["cpu_ns", "queued_ns"])
def test_a_thread_that_runs_or_waits_for_a_processor_all_the_time_spins(account: str, made_up: MakeWatch) -> None:
    watch = made_up([lambda: threads(Activity.RUNNING, **{account: time.monotonic_ns()})])
    assert outcome(Vigil(watch, ENDLESS)) is State.SPINNING


def test_a_thread_that_runs_a_little_is_waited_for(made_up: MakeWatch) -> None:
    watch = made_up([lambda: threads(Activity.RUNNING, cpu_ns=time.monotonic_ns() // 2)])
    assert outcome(Vigil(watch, SOON)) is State.EXPIRED


def test_where_nothing_can_be_seen_the_patience_runs_out(made_up: MakeWatch) -> None:
    assert outcome(Vigil(made_up([None]), SOON)) is State.EXPIRED


def test_whoever_has_died_is_not_waited_for(made_up: MakeWatch) -> None:
    assert Vigil(made_up([()], "exited with status 1"), ENDLESS).look() is State.DEAD


def test_full_patience_does_not_end_early(made_up: MakeWatch) -> None:
    at_once = Patience(limit_seconds=FOR_EVER, quiet_seconds=0, spin_seconds=0)
    assert outcome(Vigil(made_up([BLOCKED]), at_once)) is not State.UNDECIDED
    patient = Vigil(made_up([BLOCKED]), at_once.full)
    assert {patient.look() for _ in range(10)} == {State.UNDECIDED}


@pytest.mark.parametrize(("reading", "expected"), [(BLOCKED, State.QUIET), (TIMED, State.EXPIRED)])
def test_full_patience_tells_in_the_end_what_it_saw(reading: Reading, expected: State, made_up: MakeWatch) -> None:
    assert outcome(Vigil(made_up([reading]), SOON.full)) is expected


def test_wider_windows_are_never_longer_than_the_limit() -> None:
    assert Patience(limit_seconds=2.0, quiet_seconds=0.02, spin_seconds=0.5).widened == Patience(
        limit_seconds=2.0, quiet_seconds=0.2, spin_seconds=2.0
    )


def test_two_equal_readings_settle(made_up: MakeWatch) -> None:
    watch = made_up([RUNNING, threads(Activity.BLOCKED, cpu_ns=1), BLOCKED, BLOCKED])
    assert settle(watch, limit_seconds=FOR_EVER)
    assert watch.count == 4


@pytest.mark.parametrize("readings", [[RUNNING], [TIMED], [None]], ids=["running", "in a timed wait", "not to be seen"])
def test_whatever_does_not_block_does_not_settle(readings: list[Reading | None], made_up: MakeWatch) -> None:
    assert not settle(made_up(readings), limit_seconds=0.01)


def test_rest_is_when_nobody_runs_any_more(made_up: MakeWatch) -> None:
    watch = made_up([RUNNING, RUNNING, threads(Activity.TIMED, cpu_ns=1), TIMED, TIMED, RUNNING])
    await_rest(watch, limit_seconds=FOR_EVER)
    assert watch.count == 5


def test_rest_is_not_between_the_end_of_the_threads_and_the_death(made_up: MakeWatch) -> None:
    watch = made_up([(), (), (), lambda: setattr(watch, "how_it_ended", "exited with status 1") or ()])
    await_rest(watch, limit_seconds=FOR_EVER)
    assert watch.count == 4


@pytest.mark.parametrize("readings", [[None], [RUNNING]], ids=["not to be seen", "running for ever"])
def test_rest_is_not_waited_for_without_end(readings: list[Reading | None], made_up: MakeWatch) -> None:
    await_rest(made_up(readings), limit_seconds=0.01)


def test_whoever_has_ended_is_at_rest(made_up: MakeWatch) -> None:
    assert settle(made_up([()]), limit_seconds=0.01)
