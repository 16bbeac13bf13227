"""Failed trials -> findings. What a single trial shows by itself is named; the rest is a dependence without a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shortread.codec.requests import Code
from shortread.engine.plan import BASELINE_FAULT
from shortread.evidence import Ending, WaitOutcome
from shortread.faults.table import CONCURRENT_FAULTS, SEVERAL_CONNECTIONS
from shortread.judge.diagnosis import UNEXPLAINED, WRONG_REPLY, Certainty, ends_service
from shortread.results import Symptom, Trial
from shortread.schedule import StopReading
from shortread.stream import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One kind of finding: its code in the catalogue, and which failed trials show it by themselves.

    `is_possible` says whether all failed trials of the run allow it, where a single one cannot prove it. Where they
    show it only probably, `also` are codes of what would look the same.
    """

    code: str
    shows: Callable[[Trial], bool]
    is_possible: Callable[[Trial, Sequence[Trial]], bool] = lambda _, __: True
    certainty: Certainty = "exact"
    also: tuple[str, ...] = ()


def _returns_whatever_it_reads(trial: Trial) -> bool:
    evidence = trial.evidence
    return (
        _replies_are_wrong(trial)
        and evidence.ending is Ending.CLOSED
        and evidence.received == trial.conversation.stream.wire[: evidence.sent_bytes]
    )


def _replies_are_right(trial: Trial) -> bool:
    return trial.verdict.replies is None


def _replies_are_wrong(trial: Trial) -> bool:
    return not _replies_are_right(trial)


def _ends_with(*symptoms: Symptom) -> Callable[[Trial], bool]:
    return lambda trial: (
        _replies_are_right(trial) and trial.verdict.ending is not None and trial.verdict.ending.symptom in symptoms
    )


def _accepts_malformed(trial: Trial) -> bool:
    """Whether a frame that must be refused was replied to; its message is the code of what is wrong with it."""
    replies = trial.verdict.replies
    return (
        trial.conversation.kind is Kind.MALFORMED
        and replies is not None
        and replies.symptom in (Symptom.EXTRA_REPLY, Symptom.MALFORMED_REPLY)
    )


def _keeps_others_waiting(trial: Trial) -> bool:
    """Whether a connection got nothing while another was stopped inside a message."""
    if trial.fault not in CONCURRENT_FAULTS or not trial.evidence.others:
        return False
    other = trial.evidence.others[0]
    waited = any(wait.outcome in (WaitOutcome.QUIET, WaitOutcome.TIMED_OUT) for wait in other.waits)
    return not other.received and (waited or other.ending in (Ending.WAITING, Ending.TIMED_OUT))


def _ends_service(trial: Trial) -> bool:
    return ends_service(trial) and _ends_with(Symptom.DEAD_AFTERWARDS, Symptom.DIED)(trial)


def _loses_replies_that_wait(trial: Trial) -> bool:
    """Whether replies are not as they should be that had to wait until somebody read them."""
    return _replies_are_wrong(trial) and any(isinstance(action, StopReading) for action in trial.schedule.actions)


def _mixes_connections(trial: Trial) -> bool:
    """Whether one connection got what was for another, at the same time or before it, or perhaps waits for the rest."""
    return trial.evidence.confuses_afterwards or _differs_beside_others(trial) or _seems_dead(trial)


def _differs_beside_others(trial: Trial) -> bool:
    return bool(trial.evidence.others) and _replies_are_wrong(trial)


def _seems_dead(trial: Trial) -> bool:
    return trial.evidence.death is None and _ends_service(trial)


def _some_reply_is_early(_: Trial, failed: Sequence[Trial]) -> bool:
    return any(trial.verdict.replies and trial.verdict.replies.symptom is Symptom.EARLY_REPLY for trial in failed)


def _needs_several_connections(shown: Trial, failed: Sequence[Trial]) -> bool:
    """What one connection shows by itself is no matter of several."""
    return not any(
        trial.conversation.name == shown.conversation.name and trial.fault not in SEVERAL_CONNECTIONS
        for trial in failed
    )


def _needs_another_connection(shown: Trial, failed: Sequence[Trial]) -> bool:
    """Whoever waits for the rest of another's message for longer than one connection only seems dead."""
    if any(trial.evidence.confuses_afterwards for trial in failed):
        return True
    return _differs_beside_others(shown) and _needs_several_connections(shown, failed)


def _only_replies_that_wait_are_lost(_: Trial, failed: Sequence[Trial]) -> bool:
    return all(map(_loses_replies_that_wait, failed))


def _goes_wrong_whole(shown: Trial, failed: Sequence[Trial]) -> bool:
    return _accepts_malformed(shown) or any(
        trial.fault == BASELINE_FAULT and trial.conversation.kind is Kind.ORDINARY and _replies_are_wrong(trial)
        for trial in failed
    )


_OF_LENGTHS = frozenset(
    {
        Code.NON_DIGIT_LENGTH,
        Code.NO_DIGITS,
        Code.LEADING_ZERO,
        Code.TOO_MANY_DIGITS,
        Code.OVERSIZE,
        Code.LENGTH_UNDERFLOW,
        Code.OVERLONG,
        Code.VARINT_TOO_LONG,
    }
)
"""What can be wrong with a length."""

ON_SEVERAL_CONNECTIONS = frozenset({"SR601", "SR602", "SR603"})
"""Codes of what one connection does not show."""

UNSTABLE = "SR002"

CAUSES: Sequence[Cause] = (
    Cause(
        # Only several runs of one trial show it.
        code=UNSTABLE,
        shows=lambda _: False,
    ),
    Cause(
        code="SR207",
        shows=_returns_whatever_it_reads,
        is_possible=_some_reply_is_early,
    ),
    Cause(
        code="SR602",
        shows=_keeps_others_waiting,
        is_possible=_needs_several_connections,
    ),
    Cause(
        code="SR601",
        shows=_mixes_connections,
        is_possible=_needs_another_connection,
    ),
    Cause(
        code="SR302",
        shows=_ends_with(Symptom.SPIN),
    ),
    Cause(
        code="SR303",
        shows=_ends_with(Symptom.NEVER_CLOSED),
    ),
    Cause(
        code="SR305",
        shows=_ends_service,
    ),
    Cause(
        code="SR603",
        shows=_ends_with(Symptom.LEAK),
    ),
    Cause(
        code="SR408",
        shows=lambda trial: _accepts_malformed(trial) and trial.conversation.stream.frames[-1].message in _OF_LENGTHS,
    ),
    Cause(
        # Surely only where sends take less than they are given: see `stress`.
        code="SR501",
        shows=_loses_replies_that_wait,
        is_possible=_only_replies_that_wait_are_lost,
        certainty="probable",
        also=("SR504",),
    ),
    Cause(
        # A close while something is unread aborts the connection, and with it what was still on its way.
        code="SR505",
        shows=_ends_with(Symptom.RESET),
        certainty="probable",
    ),
    Cause(
        code=WRONG_REPLY,
        shows=_replies_are_wrong,
        is_possible=_goes_wrong_whole,
        certainty="unexplained",
    ),
    Cause(
        code=UNEXPLAINED,
        shows=lambda _: True,
        certainty="unexplained",
    ),
)
"""In order: a failed trial belongs to the first cause that it shows."""


def cause_named(code: str) -> Cause:
    """The cause with that code."""
    return next(cause for cause in CAUSES if cause.code == code)


def precedence(code: str) -> int:
    """Where a code stands in `CAUSES`."""
    return [cause.code for cause in CAUSES].index(code)


def cause_of(trial: Trial, failed: Sequence[Trial]) -> Cause:
    """The cause that a failed trial shows, among the failed trials of its run."""
    return next(cause for cause in CAUSES if cause.shows(trial) and cause.is_possible(trial, failed))


def group_by_cause(failed: Sequence[Trial]) -> Mapping[str, list[Trial]]:
    """The failed trials of each cause that has any, smallest first, in the order of `CAUSES`."""
    groups: dict[str, list[Trial]] = {cause.code: [] for cause in CAUSES}
    for trial in failed:
        groups[cause_of(trial, failed).code].append(trial)
    return {code: sorted(group, key=size_of) for code, group in groups.items() if group}


def size_of(trial: Trial) -> tuple[int, bool, int, int, int]:
    """What makes a trial small: few messages, nothing left unsent, few segments, few octets, an early first cut.

    A whole conversation that is only cut shows a mistake more plainly than one that also stops in the middle.
    """
    stream, segments = trial.conversation.stream, trial.schedule.segments
    sent_bytes = segments[-1].end if segments else 0
    return (
        len(stream.frames),
        sent_bytes < len(stream.wire),
        len(segments),
        sent_bytes,
        segments[0].end if segments else 0,
    )
