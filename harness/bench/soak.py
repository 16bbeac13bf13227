"""What many trials, and one very long message, leave behind."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.figure import Figure
from bench.subjects import bundled, codec_of, instances_of, program
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.plan import Family
from shortread.engine.trials import TrialRunner
from shortread.faults.table import schedules_of
from shortread.judge.oracle import Oracle
from shortread.results import Status
from shortread.schedule import AwaitReply, Schedule, Send
from shortread.stream import Conversation, Kind, Stream
from shortread.wire.patience import Patience

_TRIALS = 200_000
_WARM_TRIALS = 2_000
_LONG_BYTES = 1 << 20
_MIB = 1 << 20


def measure() -> Iterator[Figure]:
    """200,000 trials in a row, and one mebibyte octet by octet."""
    yield from _soak()
    yield from _octet_by_octet()


def _soak() -> Iterator[Figure]:
    codec = codec_of("netstring")
    stream = Stream(frames=tuple(map(codec.build, ("hello", "foo"))))
    family = _family("every-cut", stream)
    own = psutil.Process()
    with instances_of(bundled("python/netstring")) as instances:
        runner = TrialRunner(instances, _family("whole", stream))
        passed = 0
        for number in range(_TRIALS):
            if number == _WARM_TRIALS:
                # A running server has as many descriptors in use as it has threads.
                runner.start_afresh()
                descriptors, resident_bytes = own.num_fds(), own.memory_info().rss
            schedule = family.schedules[number % len(family.schedules)]
            passed += runner.run(family, schedule, Patience()).verdict.status is Status.PASS
        runner.start_afresh()
        more_descriptors = own.num_fds() - descriptors
        more_mib = (own.memory_info().rss - resident_bytes) / _MIB
    yield Figure(name="passed of 200,000 trials", measured=passed, unit="trials", relation="==", bound=_TRIALS)
    yield Figure(name="descriptors they left", measured=more_descriptors, unit="", relation="==", bound=0)
    yield Figure(name="memory they left", measured=more_mib, unit="MiB", relation="<=", bound=20)


def _octet_by_octet() -> Iterator[Figure]:
    codec = load_codec(Path(__file__).parent / "long_messages.yaml")
    stream = Stream(frames=(codec.build("x" * _LONG_BYTES),))
    family = _family("one-byte", stream, codec)
    health = _family("whole", Stream(frames=(codec.build("x"),)), codec)
    with instances_of(program("long-messages", "long_echo_server.py")) as instances:
        runner = TrialRunner(instances, health)
        in_one_segment = Schedule((Send(0, len(stream.wire)), AwaitReply()))
        # Twice, because the trial before is always kept.
        for _ in range(2):
            assert runner.run(family, in_one_segment, Patience()).verdict.status is Status.PASS
        peak_before_mib = _peak_mib()
        began = time.perf_counter()
        trial = runner.run(family, family.schedules[0], Patience())
        seconds = time.perf_counter() - began
    assert trial.verdict.status is Status.PASS, trial.verdict
    microseconds = seconds / len(stream.wire) * 1e6
    more_mib = _peak_mib() - peak_before_mib
    yield Figure(name="an octet of a mebibyte, one by one", measured=microseconds, unit="µs", relation="<=", bound=60)
    yield Figure(name="memory it takes beyond sending it in one", measured=more_mib, unit="MiB", relation="<=", bound=1)


def _peak_mib() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _family(fault: str, stream: Stream, codec: FrameCodec | None = None) -> Family:
    conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream)
    return Family(
        conversation=conversation,
        oracle=Oracle(codec or codec_of("netstring"), conversation),
        fault=fault,
        schedules=schedules_of(fault, conversation),
    )
