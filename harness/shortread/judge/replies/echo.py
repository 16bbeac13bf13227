"""Each message comes back as one frame that says the same, and not before the message was complete."""

from __future__ import annotations

from shortread.codec.frame_codec import FrameCodec
from shortread.expected import Exactly
from shortread.judge.delivered import Delivered
from shortread.judge.expectation import Reply
from shortread.judge.replies.reply_rule import WrittenDown


class Echo(WrittenDown):
    """The frames that the other side would build for the messages."""

    def __init__(self, codec: FrameCodec) -> None:
        self._codec = codec.counterpart

    def due(self, delivered: Delivered, _: int) -> tuple[Reply, ...]:
        """One reply for each message."""
        messages = [frame.message for frame in delivered.frames]
        if self._codec.is_stateless:
            built = [self._codec.build(message) for message in messages]
        else:
            built = list(self._codec.build_all(messages))
        return tuple(
            Reply(expected=Exactly(message), wire=frame.wire, after_bytes=end)
            for message, frame, end in zip(messages, built, delivered.ends, strict=True)
        )


class RecordedEcho(WrittenDown):
    """The same without a grammar: the octets of each frame come back."""

    def due(self, delivered: Delivered, _: int) -> tuple[Reply, ...]:
        """One reply for each frame."""
        return tuple(
            Reply(expected=Exactly(frame.wire), wire=frame.wire, after_bytes=end)
            for frame, end in zip(delivered.frames, delivered.ends, strict=True)
        )
