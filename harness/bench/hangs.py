"""What a hang costs: one trial before its confirmation."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figure import Figure
from bench.subjects import codec_of, instances_of, program
from shortread.engine.plan import plan_for
from shortread.engine.trials import TrialRunner
from shortread.evidence import WaitOutcome
from shortread.faults.profile import load_profile
from shortread.wire.patience import Patience

_TRIALS = 20


def measure() -> Iterator[Figure]:
    """A server that reads everything and never answers."""
    family = plan_for(codec_of("netstring"), load_profile("quick")).health_check
    with instances_of(program("netstring", "hanging_server.py")) as instances:
        runner = TrialRunner(instances, family)
        seconds = []
        for _ in range(_TRIALS):
            assert instances.link is not None
            began = time.perf_counter()
            trial = runner.run(family, family.schedules[0], Patience())
            seconds.append(time.perf_counter() - began)
            assert trial.evidence.waits[0].outcome is WaitOutcome.QUIET
    yield Figure(name="slowest of 20 hanging trials", measured=max(seconds) * 1e3, unit="ms", relation="<=", bound=100)
