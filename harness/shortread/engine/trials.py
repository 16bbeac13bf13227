"""Runs one trial: on a healthy instance, with a health check afterwards where it ended badly."""

from __future__ import annotations

import time
from dataclasses import replace

from shortread.engine.instances import Instances
from shortread.engine.plan import Family
from shortread.errors import ImplementationError, UnsupportedError
from shortread.evidence import Ending, Evidence, Proof, WaitOutcome
from shortread.implementations.output import printed_last
from shortread.judge.verdict import PASS, PROVEN, judge
from shortread.performer import Command, commands_for
from shortread.results import Status, Trial
from shortread.schedule import Reset, Schedule, StopReading
from shortread.wire.opening import ConnectError
from shortread.wire.patience import Patience
from shortread.wire.watch import UNSUPPORTED_DEATH

_MEASURED_TRIALS = 5
_REFUSED = Evidence(sent_bytes=0, boundaries=(), waits=(), received=b"", ending=Ending.REFUSED)
_ABRUPT = frozenset({Ending.REFUSED, Ending.RESET, Ending.RESET_EARLY, Ending.CLOSED_EARLY})
"""What may have happened because the process is about to end."""
_NEVER_ENDED = frozenset({Ending.WAITING, Ending.SPINNING, Ending.TIMED_OUT})


class TrialRunner:
    """Runs trials one after the other against the instances it was given.

    `health_check` is a family of one trial that every healthy implementation passes; it is performed after
    trials that ended badly: inside a frame, after a malformed one, or by a reset. A boundary counts as proven by
    what is `accepted`.
    """

    def __init__(self, instances: Instances, health_check: Family, *, accepted: frozenset[Proof] = PROVEN) -> None:
        self._instances = instances
        self._accepted = accepted
        self._health_check = health_check
        self._is_health_known = True
        self._has_connected = False
        self._previous: Trial | None = None

    def run(self, family: Family, schedule: Schedule, patience: Patience, *, is_thorough: bool = False) -> Trial:
        """Run a trial and judge it. Raises ImplementationError when no instance can be started or connected to.

        A thorough run proves every boundary settled, and asks after the implementation's health in any case.
        """
        oracle = family.oracle
        commands = commands_for(schedule, oracle, settle_every_boundary=is_thorough)
        link = self._instances.link
        if self._instances.is_for_one_connection:
            patience = patience.for_starting
        try:
            evidence = link.perform(commands, patience)
        except ConnectError as error:
            self._check_presence(error)
            evidence = _REFUSED
        self._has_connected = True
        expectation = oracle.expect(evidence.sent_bytes)
        ended_badly = expectation.is_inside_frame or expectation.refusal is not None or _is_abrupt(schedule)
        if not self._instances.is_for_one_connection and (is_thorough or ended_badly):
            evidence = self._with_health(evidence, patience)
        if evidence.death is None and (evidence.ending in _ABRUPT or evidence.serves_afterwards is False):
            evidence = replace(evidence, death=link.death())
        if self._instances.is_for_one_connection:
            evidence = _without_its_exit(evidence)
        if oracle.is_learning and evidence.death is None:
            oracle.learn(evidence)
        verdict = judge(evidence, oracle, accepted=self._accepted)
        trial = Trial(
            conversation=family.conversation,
            fault=family.fault,
            schedule=schedule,
            verdict=verdict,
            evidence=evidence,
            predecessor=self._previous if evidence.death or evidence.ending is Ending.REFUSED else None,
        )
        self._previous = trial
        if verdict.status is Status.FAIL and _is_same(family, self._health_check):
            # What is wrong from the start says nothing of what a trial did to it.
            self._is_health_known = False
        if self._instances.is_for_one_connection or (verdict is not PASS and _is_unhealthy(evidence)):
            self.start_afresh()
        return trial

    def _check_presence(self, error: ConnectError) -> None:
        """Raises ImplementationError where it can be no earlier trial that has ended the service."""
        if self._instances.is_elsewhere and not self._has_connected:
            # Whatever is started here was seen to listen; this one has to be there already.
            raise ImplementationError(f"it is not there: {error}; start it first, or connect elsewhere") from error
        if self._instances.is_for_one_connection:
            raise ImplementationError(f"{error}{printed_last(self._instances.output_tail())}") from error

    def reply_seconds(self) -> float:
        """How long the smallest conversation takes, as the slowest of a few. Raises ConnectError."""
        seconds = 0.0
        link = self._instances.link
        for _ in range(_MEASURED_TRIALS):
            began = time.perf_counter()
            link.perform(self._health_commands(), Patience())
            seconds = max(seconds, time.perf_counter() - began)
            if link.asks_kernel:
                break
        return seconds

    def start_afresh(self) -> None:
        """Make the next trial start a fresh instance."""
        self._instances.discard()
        self._previous = None

    def _health_commands(self) -> tuple[Command, ...]:
        """What must come back may have been learned since the last time."""
        (schedule,) = self._health_check.schedules
        return commands_for(schedule, self._health_check.oracle)

    def _with_health(self, evidence: Evidence, patience: Patience) -> Evidence:
        """Add whether a fresh connection is served; not asked of an instance that is known to be unhealthy."""
        if _is_unhealthy(evidence) or not self._is_health_known:
            return evidence
        try:
            health = self._instances.link.perform(self._health_commands(), patience)
            is_served = self._is_healthy(health)
            # Whoever says something else, or serves the next but one, has not ended: what the client before had left
            # behind is what the one between suffers from.
            is_confused = (
                not is_served and health.death is None and (bool(health.received) or self._is_served_again(patience))
            )
        except ConnectError:
            return replace(evidence, serves_afterwards=False)
        return replace(evidence, serves_afterwards=is_served, confuses_afterwards=is_confused, death=health.death)

    def _is_served_again(self, patience: Patience) -> bool:
        return self._is_healthy(self._instances.link.perform(self._health_commands(), patience))

    def _is_healthy(self, health: Evidence) -> bool:
        return judge(health, self._health_check.oracle).status is not Status.FAIL


def _without_its_exit(evidence: Evidence) -> Evidence:
    """That whoever has one connection exits is no death, with whatever status; a signal is one.

    Raises UnsupportedError for the status that says so.
    """
    if evidence.death == UNSUPPORTED_DEATH:
        raise UnsupportedError(f"it {evidence.death}: it does not do what it was asked to")
    is_exit = evidence.death is not None and "signal" not in evidence.death
    return replace(evidence, death=None) if is_exit else evidence


def _is_same(family: Family, other: Family) -> bool:
    return (family.conversation.name, family.fault) == (other.conversation.name, other.fault)


def _is_abrupt(schedule: Schedule) -> bool:
    return isinstance(schedule.actions[-1], Reset) or isinstance(schedule.actions[0], StopReading)


def is_slow(evidence: Evidence) -> bool:
    """Whether something was waited for that did not come."""
    if any(map(is_slow, evidence.others)):
        return True
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
