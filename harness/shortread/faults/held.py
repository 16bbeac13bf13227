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

from shortread.faults.cuts import places_inside
from shortread.schedule import AwaitReply, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each place, in order."""
    stream = conversation.stream
    size = len(stream.wire)
    for start, frame in zip(stream.frame_starts, stream.frames, strict=True):
        for inside in places_inside(frame):
            offset = start + inside
            yield Schedule((Send(0, offset), AwaitReply(), Send(offset, size), AwaitReply()))
