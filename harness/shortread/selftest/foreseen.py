"""Trials as a program would bring them about on a connection that is only imagined: nothing is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortread.catalogue.program import Program
from shortread.catalogue.session import State
from shortread.catalogue.simulation import Shown, ShownWait
from shortread.engine.plan import Family, Plan
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.judge.diagnosis import Candidates
from shortread.judge.diagnosis.sampling import is_foreseeable
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import judge
from shortread.results import Trial
from shortread.schedule import Close, Reset, Schedule, Send

_ENDINGS: Mapping[State, Ending] = {
    State.CLOSED: Ending.CLOSED,
    State.DEAD: Ending.CLOSED,
    State.SPINNING: Ending.SPINNING,
    State.STUCK: Ending.WAITING,
    State.READING: Ending.WAITING,
}
"""What is seen of a program that was there until we ended our side."""


def deliveries(plan: Plan, *, longest_bytes: int | None = None) -> Iterator[tuple[Family, Schedule]]:
    """What a simulated connection can carry out of a plan, in its order, of streams that are not too long."""
    for family in plan.families:
        if longest_bytes is not None and len(family.conversation.stream.wire) > longest_bytes:
            continue
        yield from ((family, schedule) for schedule in family.schedules if is_foreseeable(schedule))


def foreseen_trial(program: Program, family: Family, schedule: Schedule, candidates: Candidates) -> Trial:
    """The trial, judged, as it would have been with that program."""
    shown = candidates.shown(program, family.conversation, schedule)
    evidence = _evidence(shown, schedule, family.oracle)
    return Trial(
        conversation=family.conversation,
        fault=family.fault,
        schedule=schedule,
        verdict=judge(evidence, family.oracle),
        evidence=evidence,
    )


def _evidence(shown: Shown, schedule: Schedule, oracle: Oracle) -> Evidence:
    sent_bytes = max((action.end for action in schedule.actions if isinstance(action, Send)), default=0)
    is_there = shown.left_at is None
    is_ended_otherwise = isinstance(schedule.actions[-1], Close | Reset) or oracle.ends_connection(sent_bytes)
    return Evidence(
        sent_bytes=sent_bytes if shown.left_at is None else shown.left_at,
        boundaries=(),
        waits=tuple(_wait(wait, shown, oracle) for wait in shown.waits),
        received=shown.received,
        ending=_ending(shown),
        half_closed=is_there and not is_ended_otherwise,
        death="exited with status 1" if shown.state is State.DEAD else None,
    )


def _ending(shown: Shown) -> Ending:
    if shown.left_at is not None:
        return Ending.RESET_EARLY if shown.has_unread else Ending.CLOSED_EARLY
    is_reset = shown.has_unread and shown.state is State.CLOSED
    return Ending.RESET if is_reset else _ENDINGS[shown.state]


def _wait(wait: ShownWait, shown: Shown, oracle: Oracle) -> Wait:
    is_met = oracle.expect(wait.sent_bytes).is_met_by(shown.received[: wait.received_bytes])
    has_left = shown.left_at is not None and shown.left_at <= wait.sent_bytes
    return Wait(
        sent_bytes=wait.sent_bytes,
        received_bytes=wait.received_bytes,
        outcome=WaitOutcome.ANSWERED if is_met else WaitOutcome.ENDED if has_left else WaitOutcome.QUIET,
        is_settled=True,
    )
