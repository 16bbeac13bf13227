"""Single messages of sizes at which programs begin to go wrong: they tell apart what only long messages show."""

from __future__ import annotations

from collections.abc import Iterator

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.stream import Conversation, Frame, Kind, Stream

_MESSAGES_BYTES = (100, 127, 128, 255, 256, 257, 1000, 1025, 4097, 8193, 32767, 32768)
"""Around the usual sizes of buffers, and where a length no longer fits into seven, eight or fifteen bits."""
_FRAMES_BYTES = (1024, 4096, 65536)
"""What fills a buffer exactly: who takes a read that does not for the end waits for more."""


_SHORTER_BYTES = 20


def conversations_of_sizes(codec: FrameCodec) -> Iterator[Conversation]:
    """One message each, of sizes that the spec allows, where a message is nothing but text or octets."""
    if not codec.is_stateless or not all(isinstance(message, str | bytes) for message in codec.samples):
        return
    frames = [_frame(codec, size_bytes) for size_bytes in _MESSAGES_BYTES]
    frames += [_frame_of(codec, size_bytes) for size_bytes in _FRAMES_BYTES]
    for frame in filter(None, frames):
        name = f"{Kind.BOUNDARY}/of-{len(frame.wire)}-octets"
        yield Conversation(name=name, kind=Kind.BOUNDARY, stream=Stream(frames=(frame,)))


def _frame(codec: FrameCodec, size_bytes: int) -> Frame | None:
    try:
        return codec.build("x" * size_bytes)
    except UnbuildableError:
        return None


def _frame_of(codec: FrameCodec, frame_bytes: int) -> Frame | None:
    """The frame with so many octets, if there is one; what stands around a message seldom depends on it."""
    shorter = _frame(codec, frame_bytes - _SHORTER_BYTES)
    if shorter is None:
        return None
    frame = _frame(codec, 2 * frame_bytes - _SHORTER_BYTES - len(shorter.wire))
    return frame if frame is not None and len(frame.wire) == frame_bytes else None
