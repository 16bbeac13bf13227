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
from shortread.faults import every_cut, whole
from shortread.judge.oracle import Oracle
from shortread.stream import Conversation, Kind, Stream
from shortread.wire.patience import Patience

_MESSAGES = ("hello, world", "a:b,c", "naïve", "xyzzy", "")
_STREAM_BYTES = 44
_SWEEPS = 12
_ROUNDS = 9


def measure() -> Iterator[Figure]:
    """Every two-segment cut of a 44-byte stream, evidence and verdict included."""
    codec = codec_of("netstring")
    stream = Stream(frames=tuple(map(codec.build, _MESSAGES)))
    assert len(stream.wire) == _STREAM_BYTES
    conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream)
    oracle = Oracle(codec, conversation)
    cuts, baseline = (
        Family(conversation=conversation, oracle=oracle, fault=name, schedules=tuple(fault.schedules(conversation)))
        for name, fault in (("every-cut", every_cut), ("whole", whole))
    )
    plan = Plan(codec=codec, profile="cuts", families=(cuts,), health_check=baseline)
    with instances_of(bundled("python/netstring")) as instances:
        runner = TrialRunner(instances, baseline)
        # Interleaved, so that whatever else the machine does falls on both.
        rounds = [
            (_bare_trials_per_second(instances, stream), _trials_per_second(runner, cuts, plan)) for _ in range(_ROUNDS)
        ]
    bare, trials = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    ratio = statistics.median(trial / loop for loop, trial in rounds)
    print(f"  (bare loop {bare:,.0f} connections/s, trials {trials:,.0f}/s)")
    yield Figure(name="single cuts against a bare loop", measured=ratio, unit="ratio", relation=">=", bound=0.5)


def _trials_per_second(runner: TrialRunner, family: Family, plan: Plan) -> float:
    tally = Tally(plan)
    began = time.perf_counter()
    for _ in range(_SWEEPS):
        for schedule in family.schedules:
            tally.add(runner.run(family, schedule, Patience()))
    seconds = time.perf_counter() - began
    assert tally.trial_counts().passed == _SWEEPS * len(family.schedules)
    return _SWEEPS * len(family.schedules) / seconds


def _bare_trials_per_second(instances: Instances, stream: Stream) -> float:
    """Connect, send the whole stream, read the echo, close."""
    address, count = instances.link.address, _SWEEPS * (_STREAM_BYTES - 1)
    began = time.perf_counter()
    for _ in range(count):
        with socket.create_connection(address) as connection:
            connection.sendall(stream.wire)
            missing = len(stream.wire)
            while missing:
                missing -= len(connection.recv(65536))
    return count / (time.perf_counter() - began)
