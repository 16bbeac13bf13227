"""What a conforming implementation must have shown, judged by the octets that were delivered."""

from __future__ import annotations

from dataclasses import dataclass

from shortread.codec.frame_codec import FrameCodec
from shortread.stream import Conversation, Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must have come back for so many octets of a stream.

    `replies` has one frame for each complete message, `wire` their octets as the spec would write them. A
    protocol may know other octets for the same messages, so `wire` can only prove a pass, not a failure.
    `is_inside_frame` says that an unfinished frame was delivered behind the complete ones.
    """

    replies: tuple[Frame, ...]
    wire: bytes
    is_inside_frame: bool


class Oracle:
    """Says what follows from any prefix of one conversation's stream; each prefix is thought about once."""

    def __init__(self, codec: FrameCodec, conversation: Conversation) -> None:
        self.codec = codec
        self.spec = codec.spec
        self.conversation = conversation
        self._expectations: dict[int, Expectation] = {}

    def expect(self, delivered_bytes: int) -> Expectation:
        """The expectation after the first `delivered_bytes` octets of the stream."""
        found = self._expectations.get(delivered_bytes)
        if found is None:
            found = self._expectations[delivered_bytes] = self._parse(delivered_bytes)
        return found

    def _parse(self, delivered_bytes: int) -> Expectation:
        receiver = self.codec.receiver()
        messages = receiver.feed(self.conversation.stream.wire[:delivered_bytes])
        replies = tuple(self.codec.build(frame.message) for frame in messages)
        return Expectation(
            replies=replies,
            wire=b"".join(reply.wire for reply in replies),
            is_inside_frame=not receiver.is_between_frames,
        )
