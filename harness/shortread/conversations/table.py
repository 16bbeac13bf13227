"""All conversations of a spec."""

from __future__ import annotations

from shortread.codec.frame_codec import FrameCodec
from shortread.conversations.as_written import as_written
from shortread.conversations.boundary import boundary
from shortread.conversations.ordinary import ordinary
from shortread.stream import Conversation

KINDS = (ordinary, boundary)


def conversations_of(codec: FrameCodec) -> tuple[Conversation, ...]:
    """Every conversation, of every kind; the same for the same spec."""
    if not codec.is_stateless:
        return as_written([codec.build_all(stream) for stream in codec.streams])
    frames = codec.build_all(codec.samples)
    return tuple(conversation for kind in KINDS for conversation in kind(frames))
