"""# close

## What it does
Sends a part of the stream, waits for the replies that are due, and closes both directions.

## What it finds
Readers that never notice the end, turn at full speed on it, or take the whole service with them.

## Cost
One trial less than the stream has octets; up to about forty for a long one.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import cut_offsets
from shortread.schedule import AwaitReply, Close, Read, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each offset, in order."""
    for offset in cut_offsets(conversation.stream):
        yield Schedule((Send(0, offset), Read(), AwaitReply(), Close()))
