"""# one-byte

## What it does
Sends every octet in a segment of its own.

## What it finds
Most readers that take a header, a body or a delimiter from one read. It hides some: a reader that drops what
follows a message has nothing to drop here.

## Cost
One trial for each conversation, with as many segments as the stream has octets: a minute for a mebibyte, so that
profiles leave long streams out.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import in_pieces
from shortread.schedule import Schedule
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule, or none for a stream of a single octet."""
    if len(conversation.stream.wire) > 1:
        yield in_pieces(conversation.stream, 1)
