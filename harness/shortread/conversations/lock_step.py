"""Where a protocol does not allow a message before the one before it was answered."""

from __future__ import annotations

from dataclasses import replace

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.receive import Receiver
from shortread.stream import Conversation, Kind


def in_lock_step(codec: FrameCodec, conversation: Conversation) -> Conversation:
    """The conversation with a stop behind each frame of a phase without pipelining.

    Where the other side speaks first, there is one at the start as well.
    """
    if conversation.kind is Kind.MALFORMED or not codec.has_lock_step:
        return conversation
    machine = codec.framing(conversation.said_by_peer)
    receiver = Receiver(machine)
    stops = [0] if codec.spec.first == "server" else []
    stream = conversation.stream
    for start, frame in zip(stream.frame_starts, stream.frames, strict=True):
        is_in_lock_step = codec.is_in_lock_step(machine.phase)
        receiver.feed(frame.wire)
        if is_in_lock_step:
            stops.append(start + len(frame.wire))
    return replace(conversation, stops=tuple(stops))
