"""Single messages of sizes at which programs begin to go wrong: they tell apart what only long messages show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import takewhile
from typing import TypeAlias

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.stream import Conversation, Frame, Kind, Stream
from shortread.value import Value

_MESSAGES_BYTES = (100, 127, 128, 255, 256, 257, 1000, 1025, 4097, 8193, 32767, 32768, 65535, 65536)
"""Around the usual sizes of buffers, and where a length no longer fits into seven, eight, fifteen or sixteen bits."""
_FRAMES_BYTES = (1024, 4096, 65536)
"""What fills a buffer exactly: who takes a read that does not for the end waits for more."""
_SHORTER_BYTES = 20
"""The first guess of how much stands around a message."""
_MOST_GUESSES = 4

_Grown: TypeAlias = Callable[[int], Value]
"""A message, by how many octets its payload has."""


def conversations_of_sizes(codec: FrameCodec) -> Iterator[Conversation]:
    """One message each, of sizes that the spec allows, where a message has text or octets of any size."""
    grown = _grown(codec) if codec.is_stateless else None
    if grown is None:
        return
    frames = [_frame(codec, grown(size_bytes)) for size_bytes in _MESSAGES_BYTES]
    frames += [_frame_of(codec, grown, size_bytes) for size_bytes in _FRAMES_BYTES]
    for frame in {len(frame.wire): frame for frame in frames if frame is not None}.values():
        name = f"{Kind.BOUNDARY}/of-{len(frame.wire)}-octets"
        yield Conversation(name=name, kind=Kind.BOUNDARY, stream=Stream(frames=(frame,)))


def _grown(codec: FrameCodec) -> _Grown | None:
    """The sample message that can have most of the sizes, in the last of its fields; None where none has two."""
    every = [grown for sample in codec.samples for grown in _ways_to_grow(sample)]
    best = max(every, key=lambda grown: _sizes(codec, grown), default=None)
    return best if best is not None and _sizes(codec, best) > 1 else None


def _ways_to_grow(sample: Value) -> Iterator[_Grown]:
    if isinstance(sample, str | bytes):
        yield _payload
    if isinstance(sample, Mapping):
        names = [name for name, value in sample.items() if isinstance(value, str | bytes)]
        yield from (partial(_with_payload, sample, name) for name in reversed(names))


def _payload(size_bytes: int) -> Value:
    return "x" * size_bytes


def _with_payload(sample: Mapping[str, Value], name: str, size_bytes: int) -> Value:
    return {**sample, name: _payload(size_bytes)}


def _sizes(codec: FrameCodec, grown: _Grown) -> int:
    """How many of the sizes it can have, before the first that it cannot."""
    frames = (_frame(codec, grown(size_bytes)) for size_bytes in _MESSAGES_BYTES)
    return sum(1 for _ in takewhile(lambda frame: frame is not None, frames))


def _frame(codec: FrameCodec, message: Value) -> Frame | None:
    try:
        return codec.build(message)
    except UnbuildableError:
        return None


def _frame_of(codec: FrameCodec, grown: _Grown, frame_bytes: int) -> Frame | None:
    """The frame with so many octets, if one is found; what stands around a message seldom depends on its size much."""
    size_bytes = frame_bytes - _SHORTER_BYTES
    for _ in range(_MOST_GUESSES):
        frame = _frame(codec, grown(size_bytes))
        if frame is None or len(frame.wire) == frame_bytes:
            return frame
        size_bytes = max(0, size_bytes + frame_bytes - len(frame.wire))
    return None
