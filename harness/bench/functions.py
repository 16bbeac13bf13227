"""How many trials of a function there are in a second, beside a bare loop on the same driver in the same run."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from random import Random

from bench.figure import Figure
from bench.subjects import bundled, codec_of
from shortread.engine.instances import Instances
from shortread.engine.plan import Family
from shortread.engine.trials import TrialRunner
from shortread.faults.table import schedules_of
from shortread.implementations import PortChooser, RunningServer
from shortread.judge.oracle import Oracle
from shortread.results import Status
from shortread.stream import Conversation, Kind, Stream
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag

_MESSAGES = ("hello", "", "naïve €", "hello")
_SWEEPS = 8
_ROUNDS = 5
_PER_SECOND = 500


def measure() -> Iterator[Figure]:
    """Every single cut of a short stream, evidence and verdict included, by the function of the classroom."""
    implementation, ports = bundled("python/function-text-u16"), PortChooser(Random(0))
    with (
        RunningServer(implementation, ports=ports, has_transcript=True) as server,
        Instances(lambda: server, SockDiag()) as instances,
    ):
        sweep = _Sweep(instances, server.address)
        sweep.trials_per_second()
        # Interleaved, so that whatever else the machine does falls on both.
        rounds = [(sweep.bare_per_second(), sweep.trials_per_second()) for _ in range(_ROUNDS)]
    bare, trials = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    print(f"  (bare loop {bare:,.0f} connections/s, trials {trials:,.0f}/s)")
    yield Figure(name="trials of a Python function", measured=trials, unit="/s", relation=">=", bound=_PER_SECOND)


class _Sweep:
    """One conversation against running instances."""

    def __init__(self, instances: Instances, address: tuple[str, int]) -> None:
        codec = codec_of("text-u16")
        self._stream = Stream(frames=tuple(map(codec.build, _MESSAGES)))
        conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=self._stream)
        oracle = Oracle(codec, conversation, transcript="json-lines")
        whole, self._cuts = (
            Family(conversation=conversation, oracle=oracle, fault=fault, schedules=schedules_of(fault, conversation))
            for fault in ("whole", "every-cut")
        )
        self._address = address
        self._runner = TrialRunner(instances, whole)

    def trials_per_second(self) -> float:
        """All cuts, so many times; every trial passes."""
        began = time.perf_counter()
        for _ in range(_SWEEPS):
            for schedule in self._cuts.schedules:
                assert self._runner.run(self._cuts, schedule, Patience()).verdict.status is Status.PASS
        return _SWEEPS * len(self._cuts.schedules) / (time.perf_counter() - began)

    def bare_per_second(self) -> float:
        """Connect, send the whole stream, end it, await the end."""
        count = _SWEEPS * len(self._cuts.schedules)
        began = time.perf_counter()
        for _ in range(count):
            with socket.create_connection(self._address) as connection:
                connection.sendall(self._stream.wire)
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(1) == b""
        return count / (time.perf_counter() - began)
