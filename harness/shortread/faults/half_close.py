"""# half-close

## What it does
Sends a part of the stream, at every offset or at the special ones of a long stream, and half-closes: nothing more
will come, but replies are still read. Behind each message, the last octets and the end go out in one segment as
well.

## What it finds
Unfinished messages that are delivered as if they were whole, readers that never notice the end or turn at full
speed on it, messages directly before the end that are lost, replies that are not sent once the client has finished.

## Cost
One trial more than the stream has octets, up to about forty for a long one, and one for each message.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import cut_offsets
from shortread.schedule import HalfClose, Read, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each message, and one for each offset, the start and the end included.

    Where only some are tried, an end right behind a message says more than one more offset.
    """
    size = len(conversation.stream.wire)
    yield Schedule((HalfClose(),))
    for end in (size, *conversation.stream.frame_starts[1:]):
        yield Schedule((Send(0, end), HalfClose()))
    for offset in (*cut_offsets(conversation.stream), size):
        yield Schedule((Send(0, offset), Read(), HalfClose()))
