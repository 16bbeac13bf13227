"""What isolation costs: to start an implementation, and for each trial, against none in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from random import Random

from bench.figure import Figure
from bench.subjects import bundled
from bench.trials import Sweep
from shortread.engine.instances import Instances
from shortread.implementations import Implementation, PortChooser, RunningServer
from shortread.implementations.isolation import LEVELS, UNCONFINED, Level, Limits, Sandbox
from shortread.implementations.isolation.table import why_not

_ROUNDS = 15
_SWEEPS = 4
_MOST_MS = 50.0
_MOST_OF_A_TRIAL = 1.1


def measure() -> Iterator[Figure]:
    """Every level that this machine offers."""
    implementation = bundled("python/netstring")
    for level in LEVELS.values():
        reason = why_not(level)
        if reason is not None:
            print(f"  (skipped {level.name}: {reason})")
        elif level.name != UNCONFINED.level:
            yield _start_figure(level, implementation)
            yield _trial_figure(level, implementation)


def _start_figure(level: Level, implementation: Implementation) -> Figure:
    ports = PortChooser(Random(0))
    added = [
        _seconds_to_listen(level, implementation, ports) - _seconds_to_listen(LEVELS["none"], implementation, ports)
        for _ in range(_ROUNDS)
    ]
    return Figure(
        name=f"{level.name} adds for each implementation",
        measured=statistics.median(added) * 1000,
        unit="ms",
        relation="<=",
        bound=_MOST_MS,
    )


def _seconds_to_listen(level: Level, implementation: Implementation, ports: PortChooser) -> float:
    """From nothing until it listens, and from its end until nothing of it is left."""
    began = time.perf_counter()
    with level.open(Limits()) as sandbox, RunningServer(implementation, ports=ports, sandbox=sandbox):
        pass
    return time.perf_counter() - began


def _trial_figure(level: Level, implementation: Implementation) -> Figure:
    with ExitStack() as stack:
        without = Sweep(stack.enter_context(_instances(UNCONFINED, implementation)))
        sandbox = stack.enter_context(level.open(Limits()))
        within = Sweep(stack.enter_context(_instances(sandbox, implementation)))
        # Interleaved, so that whatever else the machine does falls on both.
        rounds = [
            (without.trials_per_second("every-cut", _SWEEPS), within.trials_per_second("every-cut", _SWEEPS))
            for _ in range(_ROUNDS)
        ]
    return Figure(
        name=f"time of a trial with {level.name} against none",
        measured=statistics.median(free / confined for free, confined in rounds),
        unit="ratio",
        relation="<=",
        bound=_MOST_OF_A_TRIAL,
    )


@contextmanager
def _instances(sandbox: Sandbox, implementation: Implementation) -> Iterator[Instances]:
    ports = PortChooser(Random(0))
    with (
        closing(sandbox.network.sock_diag()) as diag,
        Instances(lambda: RunningServer(implementation, ports=ports, sandbox=sandbox).__enter__(), diag) as instances,
    ):
        yield instances
