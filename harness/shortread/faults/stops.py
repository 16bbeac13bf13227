"""Where the other side must be heard before more is sent, every fault waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from shortread.schedule import Action, AwaitReply, On, Schedule, Send
from shortread.stream import Conversation


def with_stops(schedules: Iterable[Schedule], conversation: Conversation) -> tuple[Schedule, ...]:
    """The same schedules, each of which waits for replies behind every stop of the conversation, on each connection.

    A segment that reaches over a stop becomes two. Of schedules that have become the same one is left.
    """
    if not conversation.stops:
        return tuple(schedules)
    return tuple(dict.fromkeys(Schedule(tuple(_waiting(schedule, conversation.stops))) for schedule in schedules))


def _waiting(schedule: Schedule, stops: tuple[int, ...]) -> Iterator[Action]:
    last_ends = {connection: action.end for connection, action in schedule.placed() if isinstance(action, Send)}
    connection, opened = 1, set[int]()
    have_waited = set[int]()
    for action in schedule.actions:
        if isinstance(action, On):
            connection = action.connection
            yield action
            continue
        last_end = last_ends.get(connection, 0)
        if connection not in opened and 0 in stops and last_end:
            yield AwaitReply()
            have_waited.add(connection)
        opened.add(connection)
        if isinstance(action, Send):
            inside = [stop for stop in stops if action.start < stop <= action.end and stop < last_end]
            for start, end in pairwise(dict.fromkeys((action.start, *inside, action.end))):
                is_one = action.by_bytes is None or action.by_bytes >= end - start
                yield Send(start, end, None if is_one else action.by_bytes)
                if end in inside:
                    yield AwaitReply()
            (have_waited.add if action.end in inside else have_waited.discard)(connection)
        elif connection not in have_waited or not isinstance(action, AwaitReply):
            yield action
