"""# interleaved

## What it does
Sends a part of the stream on one connection and leaves it at that while another connection sends everything and is
answered; then sends the rest on the first. Once, both connections take turns octet by octet.

## What it finds
Connections that share a buffer, and a stalled client that keeps the others waiting.

## Cost
Up to about four trials for each message.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import places_inside
from shortread.schedule import Action, AwaitReply, On, Read, Schedule, Send
from shortread.stream import Conversation

_LONGEST_IN_TURNS_BYTES = 256


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each place inside a message, and one octet by octet."""
    stream = conversation.stream
    size = len(stream.wire)
    for start, frame in zip(stream.frame_starts, stream.frames, strict=True):
        for offset in (start + place for place in places_inside(frame)):
            yield Schedule(
                (
                    Send(0, offset),
                    Read(),
                    On(2),
                    Send(0, size),
                    AwaitReply(),
                    On(1),
                    Send(offset, size),
                    AwaitReply(),
                )
            )
    if 1 < size <= _LONGEST_IN_TURNS_BYTES:
        yield Schedule((*_in_turns(size), On(1), AwaitReply(), On(2), AwaitReply()))


def _in_turns(size: int) -> Iterator[Action]:
    for offset in range(size):
        for connection in (1, 2):
            yield from (On(connection), Send(offset, offset + 1), Read())
