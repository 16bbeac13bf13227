"""Calls that do less than they may: a reply that is right without that, and wrong with it, shows who did not expect it.

Every trial of a stressed run passes without it, so whatever fails there is what was stressed and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from shortread.catalogue.table import CATALOGUE
from shortread.engine.plan import BASELINE_FAULT, Plan, only
from shortread.implementations.shim.library import INTERRUPTED_RECEIVES, INTERRUPTED_SENDS, SHORT_SENDS
from shortread.results import Finding, Run, Status, TrialCounts
from shortread.stream import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What makes calls of one direction do less, in the form that shim.c documents, and what its failures are.

    `summary` is added to that of the code, where it says more.
    """

    schedule: str
    code: str
    certainty: Literal["exact", "unexplained"]
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """One way in which everything is run again.

    Under `policy` a run tells among its policies whether it was, and under `fault` its trials are counted. Where it has
    several `parts`, all are at work, and a failure is that of the first which is enough by itself. `nothing` is what is
    said where no call did less.
    """

    policy: str
    fault: str
    nothing: str
    parts: Sequence[Part]

    @property
    def schedule(self) -> str:
        """What all its parts do together."""
        return " ".join(part.schedule for part in self.parts)


STRESSES: Sequence[Stress] = (
    Stress(
        policy="sending",
        fault="short-sends",
        # Programs that are linked statically, those of Go, and those that send nothing.
        nothing="no send of it went through the shim",
        parts=(Part(schedule=SHORT_SENDS, code="SR501", certainty="exact"),),
    ),
    Stress(
        policy="interrupted calls",
        fault="interrupted-calls",
        # The first two of these, who never blocks, and who has seen to it that no signal interrupts.
        nothing="no call of it that a signal could interrupt went through the shim",
        parts=(
            Part(
                schedule=INTERRUPTED_RECEIVES,
                code="SR003",
                certainty="unexplained",
                summary="a call that a signal interrupted (EINTR) is taken for an error or the end; start it again",
            ),
            Part(
                schedule=INTERRUPTED_SENDS,
                code="SR501",
                certainty="exact",
                summary="a call that a signal interrupted (EINTR) took nothing; start it again",
            ),
        ),
    ),
)
"""In order: each is for what still passes under those before it."""


def whole_ones(plan: Plan) -> Plan:
    """The trials that are run under stress: every ordinary conversation, whole."""
    return only(plan, lambda family: family.fault == BASELINE_FAULT and family.conversation.kind is Kind.ORDINARY)


def not_stressed(run: Run, reason: str, stresses: Sequence[Stress] = STRESSES) -> Run:
    """The run, saying that it was not stressed in these ways and why."""
    return _told(run, stresses, f"not stressed: {reason}")


def with_stressed(run: Run, stress: Stress, run_under: Callable[[str], tuple[Run, int]]) -> Run:
    """The run, with what comes of it under stress if it has passed until now.

    `run_under` is asked for the run under a schedule, and for how many calls did less because of it.
    """
    if run.verdict is not Status.PASS:
        return not_stressed(run, "not everything passes without it", [stress])
    stressed, changed_calls = run_under(stress.schedule)
    if stressed.verdict is Status.ERROR:
        return not_stressed(run, f"with the shim {stressed.reason.partition(chr(10))[0]}", [stress])
    if not changed_calls:
        return not_stressed(run, stress.nothing, [stress])
    run = _counted(run, stressed, stress)
    if stressed.findings:
        finding = _finding(stressed, stress, _part_to_blame(stress, run_under))
        run = replace(run, verdict=Status.FAIL, findings=(finding,))
    elif stressed.verdict is not Status.PASS:
        run = replace(run, verdict=stressed.verdict, reason=stressed.reason)
    return _told(run, [stress], "stressed")


def _part_to_blame(stress: Stress, run_under: Callable[[str], tuple[Run, int]]) -> Part:
    """The first part of the stress that is enough for a failure; the last one where no other is."""
    *others, last = stress.parts
    return next((part for part in others if run_under(part.schedule)[0].findings), last)


def _finding(stressed: Run, stress: Stress, part: Part) -> Finding:
    shown = stressed.findings[0]
    mistake = CATALOGUE[part.code]
    return replace(
        shown,
        code=part.code,
        name=mistake.name,
        summary=": ".join(filter(None, (mistake.summary, part.summary))),
        certainty=part.certainty,
        explains=stressed.trials.failed,
        of=stressed.trials.failed,
        also=(),
        families={stress.fault: (stressed.trials.failed, stressed.trials.run)},
        reproduce=_stressing(shown.reproduce),
    )


def _stressing(replay: Sequence[str]) -> tuple[str, ...]:
    """The words that replay a trial, under stress too."""
    program, command, *words = replay
    return (program, command, "--stress-sends", *words)


def _counted(run: Run, stressed: Run, stress: Stress) -> Run:
    """The run, with the trials of the other counted as those of a fault."""
    names = [field.name for field in fields(TrialCounts)]
    sums = {name: getattr(run.trials, name) + getattr(stressed.trials, name) for name in names}
    by = (replace(counts, fault=stress.fault) for counts in stressed.by)
    return replace(run, trials=TrialCounts(**sums), by=(*run.by, *by))


def _told(run: Run, stresses: Sequence[Stress], what: str) -> Run:
    return replace(run, policies={**run.policies, **{stress.policy: what for stress in stresses}})
