"""How many trials there are in a second, against a bare loop on the same server in the same run."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator

from bench.figure import Figure
from bench.subjects import bundled, codec_of, instances_of
from shortread.engine.instances import Instances
from shortread.engine.plan import Family, Plan
from shortread.engine.tally import Tally
from shortread.engine.trials import TrialRunner
from shortread.faults.table import schedules_of
from shortread.judge.oracle import Oracle
from shortread.stream import Conversation, Kind, Stream
from shortread.wire.patience import Patience

_MESSAGES = ("hello, world", "a:b,c", "naïve", "xyzzy", "")
_STREAM_BYTES = 44
_PAIRS = (_STREAM_BYTES - 1) * (_STREAM_BYTES - 2) // 2
_SWEEPS = 12
_ROUNDS = 7
_BOUNDS = {"python": (0.5, 0.4), "go": (0.4, 0.3), "c": (0.4, 0.3)}
"""For each language of the server: of single cuts, and of pairs of cuts, against a bare loop."""


def measure() -> Iterator[Figure]:
    """Every single cut and every pair of cuts of a 44-byte stream, evidence and verdict included."""
    for language, (singles, pairs) in _BOUNDS.items():
        implementation = bundled(f"{language}/netstring")
        if implementation.missing_programs:
            print(f"  (skipped {language}: {' and '.join(implementation.missing_programs)} not installed)")
            continue
        with instances_of(implementation) as instances:
            sweep = Sweep(instances)
            yield from _ratios(sweep, "every-cut", _SWEEPS, f"single cuts against a bare loop, {language}", singles)
            yield from _ratios(sweep, "every-pair", 1, f"pairs of cuts against a bare loop, {language}", pairs)
            if language == "python":
                seconds = min(_PAIRS / sweep.trials_per_second("every-pair", 1) for _ in range(_ROUNDS))
                yield Figure(
                    name=f"all {_PAIRS} pairs of cuts of a 44-byte stream",
                    measured=seconds,
                    unit="s",
                    relation="<=",
                    bound=0.6,
                )


def _ratios(sweep: Sweep, fault: str, sweeps: int, name: str, bound: float) -> Iterator[Figure]:
    # Interleaved, so that whatever else the machine does falls on both.
    rounds = [(sweep.bare_per_second(), sweep.trials_per_second(fault, sweeps)) for _ in range(_ROUNDS)]
    bare, trials = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    print(f"  (bare loop {bare:,.0f} connections/s, trials {trials:,.0f}/s)")
    ratio = statistics.median(trial / loop for loop, trial in rounds)
    yield Figure(name=name, measured=ratio, unit="ratio", relation=">=", bound=bound)


class Sweep:
    """One conversation of 44 octets against running instances."""

    def __init__(self, instances: Instances) -> None:
        codec = codec_of("netstring")
        self._stream = Stream(frames=tuple(map(codec.build, _MESSAGES)))
        assert len(self._stream.wire) == _STREAM_BYTES
        conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=self._stream)
        oracle = Oracle(codec, conversation)
        self._families = {
            fault: Family(
                conversation=conversation, oracle=oracle, fault=fault, schedules=schedules_of(fault, conversation)
            )
            for fault in ("whole", "every-cut", "every-pair")
        }
        self._codec = codec
        self._instances = instances
        self._runner = TrialRunner(instances, self._families["whole"])

    def trials_per_second(self, fault: str, sweeps: int) -> float:
        """All trials of a fault, so many times; every one of them passes."""
        family = self._families[fault]
        plan = Plan(codec=self._codec, profile="bench", families=(family,), health_check=self._families["whole"])
        tally = Tally(plan)
        began = time.perf_counter()
        for _ in range(sweeps):
            for schedule in family.schedules:
                tally.add(self._runner.run(family, schedule, Patience()))
        seconds = time.perf_counter() - began
        assert tally.trial_counts().passed == sweeps * len(family.schedules)
        return sweeps * len(family.schedules) / seconds

    def bare_per_second(self) -> float:
        """Connect, send the whole stream, read the echo, close."""
        address, count = self._instances.link.opening.address, _SWEEPS * (_STREAM_BYTES - 1)
        began = time.perf_counter()
        for _ in range(count):
            with socket.create_connection(address) as connection:
                connection.sendall(self._stream.wire)
                missing = len(self._stream.wire)
                while missing:
                    missing -= len(connection.recv(65536))
        return count / (time.perf_counter() - began)
