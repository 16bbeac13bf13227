"""Checks with a time limit, or without the kernel's help: what is left out or not proven does not pass."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from shortread.engine.check import Check, Subject
from shortread.engine.instances import Instances
from shortread.engine.plan import Plan
from shortread.evidence import Proof
from shortread.implementations.elsewhere import RunningElsewhere
from shortread.implementations.implementation import Implementation
from shortread.implementations.ports import PortChooser
from shortread.implementations.server import RunningServer
from shortread.judge.verdict import PROVEN
from shortread.results import ImplementationFacts, Run, RunFinished, Status
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag

MakePlan = Callable[..., Plan]
RunCheck = Callable[..., Run]

CONFORMING = """
    while True:
        with listener.accept()[0] as connection:
            try:
                for message in frames(connection):
                    reply(connection, message)
            except (EOFError, ConnectionError):
                pass
    """

FLAWED = """
    while True:
        with listener.accept()[0] as connection:
            while octets := connection.recv(65536):
                reply(connection, octets.partition(b":")[2].partition(b",")[0])
    """

SUBJECT = Subject(
    facts=ImplementationFacts(name="it", role="server", command=("it",)),
    target=("here",),
    expect=None,
    policies={},
    patience=Patience(limit_seconds=0.5),
)


@pytest.fixture
def run(server: Callable[[str], Implementation], tmp_path: Path) -> RunCheck:
    """`run(source, plan, **keywords)` checks a server without asking the kernel."""
    ports = PortChooser(Random(str(tmp_path)))

    def check(source: str, plan: Plan, **keywords: object) -> Run:
        implementation = server(source)
        instances = Instances(lambda: RunningServer(implementation, ports=ports).__enter__(), None)
        *_, last = Check(plan, SUBJECT, instances, **keywords).events()
        assert isinstance(last, RunFinished)
        return last.run

    return check


def test_what_passes_without_proof_is_inconclusive_and_the_gate_is_named(run: RunCheck, plan: MakePlan) -> None:
    outcome = run(CONFORMING, plan("every-cut"))
    assert outcome.verdict is Status.INCONCLUSIVE
    assert re.fullmatch(r"timed, \d+\.\d ms", outcome.gate)
    assert outcome.reason == (
        "nobody knows here when a segment was read; --accept-assumed lets the time that passed count"
    )
    assert (outcome.boundaries.assumed, outcome.boundaries.read, outcome.boundaries.settled) == (14, 0, 0)
    # Offsets that were cut without proof are not covered.
    assert outcome.coverage.offsets_cut == 0


def test_the_time_that_passed_counts_for_whoever_says_so(run: RunCheck, plan: MakePlan) -> None:
    outcome = run(CONFORMING, plan("every-cut"), accepted=PROVEN | {Proof.ASSUMED})
    assert (outcome.verdict, outcome.reason, outcome.trials.inconclusive) == (Status.PASS, "", 0)


def test_between_two_segments_passes_the_time_that_the_gate_says(run: RunCheck, plan: MakePlan) -> None:
    """It follows from how long a reply takes here, which is slower than anything else that a trial needs."""
    source = CONFORMING.replace("reply(connection, message)", "time.sleep(0.01); reply(connection, message)")
    began = time.monotonic()
    outcome = run(source, plan("one-byte", messages=["x" * 40]))
    passed_seconds = time.monotonic() - began
    pause_seconds = float(outcome.gate.removeprefix("timed, ").removesuffix(" ms")) / 1000
    assert pause_seconds >= 3 * 0.01
    assert outcome.boundaries.assumed == 43
    # Not fine would be pauses that are too short; 0.05 ms were lost when the time was rounded.
    assert passed_seconds >= 43 * (pause_seconds - 0.00005)


def test_a_failure_needs_no_proof(run: RunCheck, plan: MakePlan) -> None:
    outcome = run(FLAWED, plan("together"))
    assert (outcome.verdict, len(outcome.findings)) == (Status.FAIL, 1)


def test_health_needs_no_proof_either(run: RunCheck, plan: MakePlan) -> None:
    """It is asked with two messages here, between which nobody knows what was read."""
    outcome = run(CONFORMING, plan("close", messages=["a", "b"]), accepted=PROVEN | {Proof.ASSUMED})
    assert (outcome.verdict, outcome.findings) == (Status.PASS, ())


def test_nothing_is_run_beyond_a_time_limit(run: RunCheck, plan: MakePlan) -> None:
    everything = plan("every-cut", "held")
    outcome = run(CONFORMING, everything, time_limit_seconds=1e-9)
    assert (outcome.verdict, outcome.trials.run) == (Status.INCONCLUSIVE, 0)
    assert outcome.trials.not_run == everything.trial_count
    assert [(counts.fault, counts.not_run) for counts in outcome.by] == [
        (family.fault, len(family.schedules)) for family in everything.families
    ]
    assert outcome.reason.endswith(" trials left out when the time limit of 1e-09 s was over")


# Servers that run already


def test_nothing_of_a_server_that_runs_already_is_ended(
    server: Callable[[str], Implementation], diag: SockDiag, plan: MakePlan, tmp_path: Path
) -> None:
    with RunningServer(server(CONFORMING), ports=PortChooser(Random(str(tmp_path)))) as running:
        instances = Instances(lambda: RunningElsewhere(running.address), diag, is_elsewhere=True)
        *_, last = Check(plan("every-cut", "reset", messages=["a", "b"]), SUBJECT, instances).events()
        assert isinstance(last, RunFinished)
        assert (last.run.verdict, last.run.gate) == (Status.PASS, "kernel")
        assert running.watch.death() is None


def test_one_that_is_not_there_is_an_error(diag: SockDiag, plan: MakePlan) -> None:
    port = PortChooser(Random(0)).choose()
    instances = Instances(lambda: RunningElsewhere(("127.0.0.1", port)), diag, is_elsewhere=True)
    *_, last = Check(plan(), SUBJECT, instances).events()
    assert isinstance(last, RunFinished)
    assert (last.run.verdict, last.run.trials.run) == (Status.ERROR, 0)
    assert last.run.reason == "it is not there: Connection refused; start it first, or connect elsewhere"


def test_one_that_goes_away_in_the_middle_is_a_finding(
    server: Callable[[str], Implementation], diag: SockDiag, plan: MakePlan, tmp_path: Path
) -> None:
    source = CONFORMING.replace("while True:", "for _ in range(5):", 1)
    with RunningServer(server(source), ports=PortChooser(Random(str(tmp_path)))) as running:
        instances = Instances(lambda: RunningElsewhere(running.address), diag, is_elsewhere=True)
        *_, last = Check(plan("every-cut"), SUBJECT, instances).events()
    assert isinstance(last, RunFinished)
    assert [finding.code for finding in last.run.findings] == ["SR305"]
