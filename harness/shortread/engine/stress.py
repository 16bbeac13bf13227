"""Sends that take less than they are asked for: a reply that is right without them, and wrong with them, lost the rest.

Every trial of the stressed run passes without them, so whatever fails there is SR501 and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from shortread.catalogue.table import CATALOGUE
from shortread.engine.plan import BASELINE_FAULT, Plan, only
from shortread.results import Finding, Run, Status, TrialCounts
from shortread.stream import Kind

PARTIAL_SEND = "SR501"
FAULT = "short-sends"
"""Under this name its trials are counted."""
POLICY = "sending"
"""Under this name a run tells among its policies whether its sends were stressed."""


def whole_ones(plan: Plan) -> Plan:
    """The trials that are run with stressed sends: every ordinary conversation, whole."""
    return only(plan, lambda family: family.fault == BASELINE_FAULT and family.conversation.kind is Kind.ORDINARY)


def not_stressed(run: Run, reason: str) -> Run:
    """The run, saying that its sends were not stressed and why."""
    return _told(run, f"not stressed: {reason}")


def with_stressed(run: Run, stressed: Run, *, short_sends: int) -> Run:
    """A run that passed, with what came of it when its sends took less: `short_sends` of them did."""
    if stressed.verdict is Status.ERROR:
        return not_stressed(run, f"with the shim {stressed.reason.partition(chr(10))[0]}")
    if not short_sends:
        # Static programs, those of Go, and those that send nothing look like this.
        return not_stressed(run, "no call of it went through the shim")
    run = _counted(run, stressed)
    if stressed.findings:
        run = replace(run, verdict=Status.FAIL, findings=(_finding(stressed),))
    elif stressed.verdict is not Status.PASS:
        run = replace(run, verdict=stressed.verdict, reason=stressed.reason)
    return _told(run, "stressed")


def _finding(stressed: Run) -> Finding:
    shown = stressed.findings[0]
    mistake = CATALOGUE[PARTIAL_SEND]
    return replace(
        shown,
        code=PARTIAL_SEND,
        name=mistake.name,
        summary=mistake.summary,
        certainty="exact",
        explains=stressed.trials.failed,
        of=stressed.trials.failed,
        families={FAULT: (stressed.trials.failed, stressed.trials.run)},
        reproduce=_stressing(shown.reproduce),
    )


def _stressing(replay: Sequence[str]) -> tuple[str, ...]:
    """The words that replay a trial, with its sends stressed too."""
    program, command, *words = replay
    return (program, command, "--stress-sends", *words)


def _counted(run: Run, stressed: Run) -> Run:
    """The run, with the trials of the other counted as those of a fault."""
    names = [field.name for field in fields(TrialCounts)]
    sums = {name: getattr(run.trials, name) + getattr(stressed.trials, name) for name in names}
    by = (replace(counts, fault=FAULT) for counts in stressed.by)
    return replace(run, trials=TrialCounts(**sums), by=(*run.by, *by))


def _told(run: Run, what: str) -> Run:
    return replace(run, policies={**run.policies, POLICY: what})
