"""Where streams were cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.engine.coverage import coverage_of
from shortread.results import Coverage
from shortread.stream import Stream


def cut_at(*offsets: int) -> bytes:
    return bytes(offset in offsets for offset in range(max(offsets) + 1))


def test_each_offset_has_its_place(codec: FrameCodec) -> None:
    """`10:helloworld,0:,`: cut inside the length, behind it, inside the body, and between the frames."""
    stream = Stream(frames=(codec.build("helloworld"), codec.build("")))
    assert coverage_of([(stream, cut_at(1, 2, 7, 14))]) == Coverage(
        offsets_cut=4,
        offsets=16,
        structure={
            "between-fields": (1, 5),
            "between-frames": (1, 1),
            "inside-body": (1, 9),
            "inside-length": (1, 1),
        },
    )


def test_streams_add_up(codec: FrameCodec) -> None:
    stream = Stream(frames=(codec.build("a"),))
    coverage = coverage_of([(stream, cut_at(1)), (stream, cut_at(1, 2)), (stream, b"")])
    assert (coverage.offsets_cut, coverage.offsets) == (3, 9)


@given(messages=st.lists(st.binary(max_size=20), max_size=4))
def test_every_offset_inside_a_stream_has_one_place(messages: list[bytes], codec: FrameCodec) -> None:
    stream = Stream(frames=tuple(map(codec.build, messages)))
    size = len(stream.wire)
    coverage = coverage_of([(stream, cut_at(*range(size + 1)))])
    assert coverage.offsets == coverage.offsets_cut == max(0, size - 1)
    assert sum(existing for _, existing in coverage.structure.values()) == coverage.offsets
