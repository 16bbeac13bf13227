"""# slow-reader

## What it does
Offers a small receive window and does not read while replies pile up, until everything is sent or the implementation
waits for us; then reads everything.

## What it finds
Replies that are lost or cut when `send()` takes less than it was given, and implementations that wait for ever once
somebody reads slowly.

## Cost
One trial for each conversation that is longer than the buffers of two sockets; others have nothing to pile up.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.schedule import AwaitReply, ResumeReading, Schedule, Send, StopReading
from shortread.stream import Conversation

SHORTEST_STREAM_BYTES = 5 << 20
"""More than the buffers between two sockets hold: Linux lets that of a sender grow to 4 MiB."""


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule, or none for a stream that the buffers would hold."""
    size = len(conversation.stream.wire)
    if size >= SHORTEST_STREAM_BYTES:
        yield Schedule((StopReading(), Send(0, size), ResumeReading(), AwaitReply()))
