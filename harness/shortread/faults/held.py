"""# held

## What it does
Sends everything up to a place inside a message, and keeps silent until the replies to all complete messages have
come and the implementation is at rest. Then it sends what is left.

## What it finds
Complete messages that wait in a buffer until more octets come, and replies to messages that are not complete yet:
an implementation without any framing returns what it was given.

## Cost
Up to four trials for each message.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.schedule import AwaitReply, Schedule, Send
from shortread.stream import Conversation, Frame


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each place, in order."""
    stream = conversation.stream
    size = len(stream.wire)
    for start, frame in zip(stream.frame_starts, stream.frames, strict=True):
        for inside in _places(frame):
            offset = start + inside
            yield Schedule((Send(0, offset), AwaitReply(), Send(offset, size), AwaitReply()))


def _places(frame: Frame) -> tuple[int, ...]:
    """After the first octet, behind the first field, in the middle, and before the last octet."""
    size = len(frame.wire)
    places = {1, frame.spans[0].end, size // 2, size - 1}
    return tuple(sorted(place for place in places if 0 < place < size))
