"""All conversations of a spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.conversations.as_written import as_written
from shortread.conversations.boundary import boundary
from shortread.conversations.emitted import emitted
from shortread.conversations.exchange import exchange
from shortread.conversations.hostile import hostile
from shortread.conversations.lock_step import in_lock_step
from shortread.conversations.malformed import malformed
from shortread.conversations.ordinary import ordinary
from shortread.conversations.recorded import recorded
from shortread.stream import Conversation

KINDS = (ordinary, boundary, hostile)


def conversations_of(codec: FrameCodec) -> tuple[Conversation, ...]:
    """Every conversation, of every kind; the same for the same spec. Raises UnbuildableError."""
    if codec.spec.reply == "emits":
        return (emitted(codec),)
    said: Iterable[Conversation] = (
        recorded(codec.spec) if codec.spec.is_recorded else (*_well_formed(codec), *malformed(codec))
    )
    if _is_known_as_a_whole(codec):
        said = [replace(one, knows_frames=False) for one in said]
    return tuple(in_lock_step(codec, one) for one in said)


def _is_known_as_a_whole(codec: FrameCodec) -> bool:
    """Whether what comes back for a part is known to nobody: it is learned from the whole, and comes at its end."""
    spec = codec.spec
    is_learned = spec.reply == "same-as-whole" or (spec.frames is not None and spec.reply is None)
    return is_learned and (spec.reply_after == "end" or codec.framing().is_ended_by_stream)


def _well_formed(codec: FrameCodec) -> tuple[Conversation, ...]:
    if codec.spec.exchange is not None:
        return exchange(Exchange(codec, codec.spec.exchange))
    if not codec.is_stateless:
        return as_written([codec.build_all(stream) for stream in codec.streams])
    frames = codec.build_all(codec.samples)
    if codec.spec.reply == "close":
        return as_written([[frame] for frame in frames])
    return tuple(conversation for kind in KINDS for conversation in kind(frames))
