"""Where a protocol does not allow a message before the other side was heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.receive import Receiver
from shortread.stream import Conversation


def in_lock_step(codec: FrameCodec, conversation: Conversation) -> Conversation:
    """The conversation with a stop behind each frame of a phase without pipelining.

    Where the other side speaks first, there is one at the start.
    """
    stops = [0] if codec.spec.first == "server" else []
    if codec.has_lock_step:
        stops += _behind_frames(codec, conversation)
    return replace(conversation, stops=tuple(sorted({*conversation.stops, *stops})))


def _behind_frames(codec: FrameCodec, conversation: Conversation) -> Iterator[int]:
    machine = codec.framing(conversation.said_by_peer)
    receiver = Receiver(machine)
    stream = conversation.stream
    for start, frame in zip(stream.frame_starts, stream.frames, strict=True):
        is_in_lock_step = codec.is_in_lock_step(machine.phase)
        receiver.feed(frame.wire)
        if is_in_lock_step:
            yield start + len(frame.wire)
