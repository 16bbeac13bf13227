"""# pieces

## What it does
Sends all messages in segments of one size: 2, 3, 7, 1460, and the powers of two from 16 to 65536, one less and one
more.

## What it finds
Buffers of a fixed size, and loops that take a full buffer, or one that is not full, for the end of a message.

## Cost
One trial for each size that is smaller than the stream, as long as it gives no more than two thousand segments.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.faults.cuts import in_pieces
from shortread.schedule import Schedule
from shortread.stream import Conversation

_MOST_SEGMENTS = 2000
_POWERS = tuple(2**exponent for exponent in range(4, 17))
_SIZES = tuple(sorted({2, 3, 7, 1460, *(near for power in _POWERS for near in (power - 1, power, power + 1))}))


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each size."""
    size = len(conversation.stream.wire)
    for piece in _SIZES:
        if piece < size <= piece * _MOST_SEGMENTS:
            yield in_pieces(conversation.stream, piece)
