"""# together

## What it does
Sends all messages in one segment.

## What it finds
Readers that take one read for one message: following messages that are thrown away, glued to the first, or kept
until more octets come.

## Cost
One trial for each conversation of two or more messages; it is not applicable to a single message.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.schedule import AwaitReply, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule, or none for a single message."""
    if len(conversation.stream.frames) > 1:
        yield Schedule((Send(0, len(conversation.stream.wire)), AwaitReply()))
