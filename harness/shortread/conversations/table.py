"""All conversations of a spec."""

from __future__ import annotations

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.conversations.as_written import as_written
from shortread.conversations.boundary import boundary
from shortread.conversations.exchange import exchange
from shortread.conversations.lock_step import in_lock_step
from shortread.conversations.malformed import malformed
from shortread.conversations.ordinary import ordinary
from shortread.conversations.recorded import recorded
from shortread.stream import Conversation

KINDS = (ordinary, boundary)


def conversations_of(codec: FrameCodec) -> tuple[Conversation, ...]:
    """Every conversation, of every kind; the same for the same spec. Raises UnbuildableError."""
    if codec.spec.is_recorded:
        return recorded(codec.spec)
    return tuple(in_lock_step(codec, one) for one in (*_well_formed(codec), *malformed(codec)))


def _well_formed(codec: FrameCodec) -> tuple[Conversation, ...]:
    if codec.spec.exchange is not None:
        return exchange(Exchange(codec, codec.spec.exchange))
    if not codec.is_stateless:
        return as_written([codec.build_all(stream) for stream in codec.streams])
    frames = codec.build_all(codec.samples)
    return tuple(conversation for kind in KINDS for conversation in kind(frames))
