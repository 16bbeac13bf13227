"""# every-cut

## What it does
Sends all messages in two segments, cut at every offset; long streams are cut where structure or habit make an
offset special.

## What it finds
Short reads of a header, a body or a delimiter, also those that show only when an earlier message came in the same
read.

## Cost
One trial less than the stream has octets; up to about forty for a long one.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import cut_offsets
from shortread.schedule import AwaitReply, Read, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each offset, in order."""
    size = len(conversation.stream.wire)
    for offset in cut_offsets(conversation.stream):
        yield Schedule((Send(0, offset), Read(), Send(offset, size), AwaitReply()))
