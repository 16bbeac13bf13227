"""Whether a program prints what it understood as it comes, or only at its end: seen before the first trial."""

from __future__ import annotations

from dataclasses import replace

from shortread.engine.instances import Instances
from shortread.engine.plan import BASELINE_FAULT, Family, Plan
from shortread.evidence import Evidence
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import judge
from shortread.performer import commands_for
from shortread.results import Symptom
from shortread.stream import Kind
from shortread.wire.opening import ConnectError
from shortread.wire.patience import Patience

_MESSAGES = 2
"""With fewer, what comes with the next message cannot be told from what comes at the end."""


def prints_at_end(plan: Plan, instances: Instances, patience: Patience) -> bool:
    """Whether everything is printed, and rightly, but nothing before the end of the stream.

    Seen twice, the second time with full patience. Raises ImplementationError when no instance can be started.
    """
    family = _clean(plan)
    patience = patience.for_starting
    return all(_is_late(family, instances, each) for each in (patience, patience.full))


def _clean(plan: Plan) -> Family:
    """A short conversation, whole."""
    short = (
        family
        for family in plan.families
        if family.fault == BASELINE_FAULT
        and family.conversation.kind is Kind.ORDINARY
        and len(family.conversation.stream.frames) >= _MESSAGES
    )
    return next(short, plan.health_check)


def _is_late(family: Family, instances: Instances, patience: Patience) -> bool:
    (schedule, *_) = family.schedules
    try:
        evidence = instances.link.perform(commands_for(schedule, family.oracle), patience)
    except ConnectError:
        return False
    if instances.is_for_one_connection:
        # Whoever has one connection ends behind it.
        evidence = replace(evidence, death=None)
    is_late = _shows_nothing_before_its_end(evidence, family.oracle)
    if is_late or instances.is_for_one_connection:
        instances.discard()
    return is_late


def _shows_nothing_before_its_end(evidence: Evidence, oracle: Oracle) -> bool:
    verdict = judge(evidence, oracle)
    if verdict.ending is not None or verdict.replies is None:
        return False
    before = max((wait.received_bytes for wait in evidence.waits), default=0)
    shown, _ = oracle.expect(evidence.sent_bytes).read(evidence.received[:before], (), ())
    return verdict.replies.symptom is Symptom.WITHHELD_REPLY and not shown
