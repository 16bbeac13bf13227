"""# every-pair

## What it does
Sends all messages in three segments, cut at every pair of offsets; pairs of special offsets come first, and in long
streams there are no others.

## What it finds
Mistakes that need three reads: a loop that reads twice where it must read until it has enough, what is kept between
two reads and lost at the third.

## Cost
For a stream of n octets (n-1)(n-2)/2 trials: 903 for 44 octets.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from shortread.faults.cuts import EVERY_OFFSET_UP_TO_BYTES, special_offsets
from shortread.schedule import AwaitReply, Read, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule for each pair; those of special offsets first."""
    size = len(conversation.stream.wire)
    special = special_offsets(conversation.stream)
    for first, second in combinations(special, 2):
        yield _cut_at(first, second, size)
    if size <= EVERY_OFFSET_UP_TO_BYTES:
        known = frozenset(special)
        for first, second in combinations(range(1, size), 2):
            if first not in known or second not in known:
                yield _cut_at(first, second, size)


def _cut_at(first: int, second: int, size: int) -> Schedule:
    return Schedule((Send(0, first), Read(), Send(first, second), Read(), Send(second, size), AwaitReply()))
