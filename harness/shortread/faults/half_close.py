"""# half-close

## What it does
Sends a part of the stream, at every offset or at the special ones of a long stream, and half-closes: nothing more
will come, but replies are still read. Once with everything sent, it half-closes without waiting for the octets to
be read first.

## What it finds
Unfinished messages that are delivered as if they were whole, readers that never notice the end or turn at full
speed on it, messages directly before the end that are lost, replies that are not sent once the client has finished.

## Cost
Two trials more than the stream has octets; up to about forty for a long one.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import cut_offsets
from shortread.schedule import HalfClose, Read, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each offset, the start and the end included, and one without waiting."""
    size = len(conversation.stream.wire)
    yield Schedule((HalfClose(),))
    for offset in (*cut_offsets(conversation.stream), size):
        yield Schedule((Send(0, offset), Read(), HalfClose()))
    yield Schedule((Send(0, size), HalfClose()))
