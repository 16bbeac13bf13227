"""# churn

## What it does
Opens many connections one after the other, ends each of them in another way and at another offset, and then uses one
as it is meant to be. Descriptors and threads are counted before and after.

## What it finds
Descriptors and threads that are left over, and a service that dies of its clients one by one.

## Cost
One trial of twenty-four connections for each conversation.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.schedule import Action, AwaitReply, Close, HalfClose, On, Read, Reset, Schedule, Send
from shortread.stream import Conversation

CONNECTIONS = 24


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule."""
    size = len(conversation.stream.wire)
    actions: list[Action] = []
    for connection in range(1, CONNECTIONS):
        offset = 1 + (connection - 1) * max(1, size // CONNECTIONS) % size
        ending = (HalfClose(), Close(), Reset())[connection % 3]
        actions += [On(connection), Send(0, offset), Read(), AwaitReply(), ending]
    yield Schedule((*actions, On(CONNECTIONS), Send(0, size), AwaitReply()))
