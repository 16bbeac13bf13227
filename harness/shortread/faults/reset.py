"""# reset

## What it does
Sends a part of the stream, waits for the replies that are due, and resets the connection; once at each offset, and
once before anything is sent. Then sends everything and closes while the replies are still unread, which the kernel
makes a reset of too.

## What it finds
Services that die of a failed read or write, or turn at full speed on it.

## Cost
One trial more than the stream has octets; up to about forty for a long one.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import cut_offsets
from shortread.schedule import AwaitReply, Close, Read, Reset, Schedule, Send, StopReading
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each offset, in order, and one that closes with replies unread."""
    size = len(conversation.stream.wire)
    yield Schedule((Reset(),))
    for offset in (*cut_offsets(conversation.stream), size):
        yield Schedule((Send(0, offset), Read(), AwaitReply(), Reset()))
    yield Schedule((StopReading(), Send(0, size), Read(), Close()))
