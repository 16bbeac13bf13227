"""Implementations that the benchmarks run against."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.instances import Instance, Instances
from shortread.implementations import Implementation, PortChooser, RunningServer, build, from_command, load_manifest
from shortread.spec.library import find_spec
from shortread.wire.sock_diag import SockDiag

_ROOT = Path(__file__).resolve().parents[2]


def bundled(name: str) -> Implementation:
    """One that ships, by its folder below `implementations/`; built."""
    implementation = load_manifest(_ROOT / "implementations" / name / "implementation.yaml")
    build(implementation)
    return implementation


def program(spec: str, name: str) -> Implementation:
    """A Python program beside this file that takes its port as an argument."""
    return from_command(spec, ["{python}", name, "{port}"], folder=Path(__file__).parent)


def codec_of(spec: str) -> FrameCodec:
    """The codec of a spec that ships."""
    return load_codec(find_spec(spec, folder=_ROOT))


@contextmanager
def instances_of(implementation: Implementation, *, has_transcript: bool = False) -> Iterator[Instances]:
    """Its running instances, ended afterwards."""
    ports = PortChooser(Random(0))

    def start() -> Instance:
        return RunningServer(implementation, ports=ports, has_transcript=has_transcript).__enter__()

    with Instances(start, SockDiag()) as instances:
        yield instances
