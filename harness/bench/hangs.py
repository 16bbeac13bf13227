"""What a hang costs: one trial before its confirmation, and a whole check in which every trial hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figure import Figure
from bench.subjects import codec_of, instances_of, program
from shortread.engine.check import Check, Subject
from shortread.engine.plan import plan_for
from shortread.engine.trials import TrialRunner
from shortread.evidence import WaitOutcome
from shortread.faults.profile import load_profile
from shortread.results import ImplementationFacts, RunFinished, Status
from shortread.wire.patience import Patience

_TRIALS = 20


def measure() -> Iterator[Figure]:
    """A server that reads everything and never answers."""
    server = program("netstring", "hanging_server.py")
    plan = plan_for(codec_of("netstring"), load_profile("standard"))
    family = plan.health_check
    with instances_of(server) as instances:
        runner = TrialRunner(instances, family)
        seconds = []
        for _ in range(_TRIALS):
            assert instances.link is not None
            began = time.perf_counter()
            trial = runner.run(family, family.schedules[0], Patience())
            seconds.append(time.perf_counter() - began)
            assert trial.evidence.waits[0].outcome is WaitOutcome.QUIET
    worst_ms = max(seconds) * 1e3
    yield Figure(name="slowest of 20 hanging trials", measured=worst_ms, unit="ms", relation="<=", bound=100)
    yield Figure(name="a whole check in which every trial hangs", measured=_check(), unit="s", relation="<=", bound=8)


def _check() -> float:
    server = program("netstring", "hanging_server.py")
    facts = ImplementationFacts(name=server.manifest.name, role="server", command=server.manifest.command)
    subject = Subject(facts=facts, target=(), expect=None, policies={}, patience=Patience())
    began = time.perf_counter()
    with instances_of(server) as instances:
        *_, last = Check(plan_for(codec_of("netstring"), load_profile("standard")), subject, instances).events()
    assert isinstance(last, RunFinished)
    assert last.run.verdict is Status.FAIL
    return time.perf_counter() - began
