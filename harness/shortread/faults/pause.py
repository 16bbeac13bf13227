"""# pause

## What it does
Sends the beginning of a message, keeps silent for longer than usual timeouts, and sends the rest: once with one octet
sent, once with all but one, and once between two messages.

## What it finds
Silence that is taken for the end of a message or of the stream, and what had arrived forgotten when a timeout strikes.

## Cost
Up to three trials of more than a second each.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.schedule import AwaitReply, Pause, Read, Schedule, Send
from shortread.stream import Conversation

PAUSE_SECONDS = 1.2
"""Longer than the second that is the commonest timeout of all."""


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each place."""
    stream = conversation.stream
    size = len(stream.wire)
    first_end = (*stream.frame_starts[1:], size)[0]
    for offset in sorted({1, first_end - 1, first_end}):
        if 0 < offset < size:
            yield Schedule((Send(0, offset), Read(), Pause(PAUSE_SECONDS), Send(offset, size), AwaitReply()))
