"""Runs one trial: on a healthy instance, with a health check afterwards where it ended badly."""

from __future__ import annotations

from dataclasses import replace

from shortread.engine.instances import Instances
from shortread.engine.plan import Family
from shortread.evidence import Ending, Evidence, WaitOutcome
from shortread.judge.verdict import PASS, judge
from shortread.performer import commands_for
from shortread.results import Status, Trial
from shortread.schedule import Schedule
from shortread.wire.link import ConnectError
from shortread.wire.patience import Patience

_REFUSED = Evidence(sent_bytes=0, boundaries=(), waits=(), received=b"", ending=Ending.REFUSED)
_ABRUPT = frozenset({Ending.REFUSED, Ending.RESET, Ending.RESET_EARLY, Ending.CLOSED_EARLY})
"""What may have happened because the process is about to end."""
_NEVER_ENDED = frozenset({Ending.WAITING, Ending.SPINNING, Ending.TIMED_OUT})


class TrialRunner:
    """Runs trials one after the other against the instances it was given.

    `health_check` is a family of one trial that every healthy implementation passes; it is performed after
    trials whose stream ended inside a frame.
    """

    def __init__(self, instances: Instances, health_check: Family) -> None:
        self._instances = instances
        (schedule,) = health_check.schedules
        self._health_commands = commands_for(schedule, health_check.oracle)
        self._health_oracle = health_check.oracle
        self._previous: Trial | None = None

    def run(self, family: Family, schedule: Schedule, patience: Patience, *, is_thorough: bool = False) -> Trial:
        """Run a trial and judge it. Raises ImplementationError when no instance can be started.

        A thorough run proves every boundary settled, and asks after the implementation's health in any case.
        """
        oracle = family.oracle
        commands = commands_for(schedule, oracle, settle_every_boundary=is_thorough)
        link = self._instances.link
        try:
            evidence = link.perform(commands, patience)
        except ConnectError:
            evidence = _REFUSED
        expectation = oracle.expect(evidence.sent_bytes)
        if is_thorough or expectation.is_inside_frame or expectation.refusal is not None:
            evidence = self._with_health(evidence, patience)
        if evidence.death is None and (evidence.ending in _ABRUPT or evidence.serves_afterwards is False):
            evidence = replace(evidence, death=link.death())
        if oracle.is_learning and evidence.death is None:
            oracle.learn(evidence)
        verdict = judge(evidence, oracle)
        trial = Trial(
            conversation=family.conversation,
            fault=family.fault,
            schedule=schedule,
            verdict=verdict,
            evidence=evidence,
            predecessor=self._previous if evidence.death or evidence.ending is Ending.REFUSED else None,
        )
        self._previous = trial
        if verdict is not PASS and _is_unhealthy(evidence):
            self.start_afresh()
        return trial

    def start_afresh(self) -> None:
        """Make the next trial start a fresh instance."""
        self._instances.discard()
        self._previous = None

    def _with_health(self, evidence: Evidence, patience: Patience) -> Evidence:
        """Add whether a fresh connection is served; not asked of an instance that is known to be unhealthy."""
        if _is_unhealthy(evidence):
            return evidence
        try:
            health = self._instances.link.perform(self._health_commands, patience)
        except ConnectError:
            return replace(evidence, serves_afterwards=False)
        is_served = judge(health, self._health_oracle).status is Status.PASS
        return replace(evidence, serves_afterwards=is_served, death=health.death)


def is_slow(evidence: Evidence) -> bool:
    """Whether something was waited for that did not come."""
    return evidence.ending in _NEVER_ENDED or any(
        wait.outcome in (WaitOutcome.QUIET, WaitOutcome.TIMED_OUT) for wait in evidence.waits
    )


def _is_unhealthy(evidence: Evidence) -> bool:
    """Whether the instance that showed this must not be used again."""
    return (
        evidence.death is not None
        or evidence.serves_afterwards is False
        or evidence.ending in (Ending.REFUSED, Ending.FLOODING)
        or is_slow(evidence)
    )
