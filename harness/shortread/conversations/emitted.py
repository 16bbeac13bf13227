"""What the implementation says by itself: nothing is sent, and its messages must come."""

from __future__ import annotations

from shortread.codec.frame_codec import FrameCodec
from shortread.expected import Exactly
from shortread.stream import Answer, Conversation, Kind, Stream


def emitted(codec: FrameCodec) -> Conversation:
    """One conversation without an octet of ours, in which every message of the spec is due at once."""
    return Conversation(
        name=f"{Kind.ORDINARY}/1",
        kind=Kind.ORDINARY,
        stream=Stream(frames=()),
        answers=tuple(Answer(after_bytes=0, expected=Exactly(message)) for message in codec.spec.messages),
    )
