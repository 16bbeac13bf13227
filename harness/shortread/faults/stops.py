"""Where the other side must be heard before more is sent, every fault waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shortread.schedule import Action, AwaitReply, Schedule, Send
from shortread.stream import Conversation


def with_stops(schedules: Iterable[Schedule], conversation: Conversation) -> tuple[Schedule, ...]:
    """The same schedules, each of which waits for replies behind every stop of the conversation.

    A segment that reaches over a stop becomes two. Of schedules that have become the same one is left.
    """
    if not conversation.stops:
        return tuple(schedules)
    return tuple(dict.fromkeys(Schedule(tuple(_waiting(schedule, conversation.stops))) for schedule in schedules))


def _waiting(schedule: Schedule, stops: tuple[int, ...]) -> Iterator[Action]:
    last_end = schedule.segments[-1].end if schedule.segments else 0
    waited_at: int | None = None
    if 0 in stops and last_end:
        yield AwaitReply()
    for action in schedule.actions:
        if isinstance(action, AwaitReply) and waited_at is not None:
            # The stop has waited already.
            continue
        waited_at = None
        if not isinstance(action, Send):
            yield action
            continue
        start = action.start
        for stop in (*(one for one in stops if action.start < one <= action.end and one < last_end), action.end):
            if stop > start:
                yield Send(start, stop)
                start = stop
                if stop in stops and stop < last_end:
                    yield AwaitReply()
                    waited_at = stop
