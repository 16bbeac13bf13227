"""In what way something differs from what a conforming program shows, whatever the octets are."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from shortread.catalogue.session import State
from shortread.catalogue.simulation import Shown
from shortread.evidence import Ending, Evidence
from shortread.judge.diagnosis.agreement import has_such_an_end


class Replies(StrEnum):
    """What came back, compared with what should have."""

    SAME = "same"
    FEWER = "fewer"
    """The beginning of it."""
    MORE = "more"
    """All of it, and something behind."""
    OTHER = "other"


class End(StrEnum):
    """How the connection ended, where that is not how it should have."""

    SAME = "same"
    LEFT = "left"
    DEAD = "dead"
    SPINNING = "spinning"
    STUCK = "stuck"


class Effect(NamedTuple):
    """Both of them; and whether what came had come in time at every wait."""

    replies: Replies
    end: End
    in_time: Replies


NO_EFFECT = Effect(Replies.SAME, End.SAME, Replies.SAME)

_ENDS = {
    Ending.SPINNING: End.SPINNING,
    Ending.FLOODING: End.SPINNING,
    Ending.WAITING: End.STUCK,
    Ending.TIMED_OUT: End.STUCK,
}
_STATES = {State.DEAD: End.DEAD, State.SPINNING: End.SPINNING, State.STUCK: End.STUCK, State.READING: End.STUCK}


def observed_effect(evidence: Evidence, conforming: Shown) -> Effect:
    """How evidence differs from what a conforming program would have shown."""
    has_died = evidence.death is not None or evidence.serves_afterwards is False
    if has_died:
        end = End.DEAD
    else:
        end = End.SAME if has_such_an_end(conforming, evidence) else _ENDS.get(evidence.ending, End.LEFT)
    replies = Replies.SAME if evidence.left_unread else _compared(evidence.received, conforming.received)
    in_time = [
        _counted(wait.received_bytes, shown.received_bytes)
        for wait, shown in zip(evidence.waits, conforming.waits, strict=False)
        if wait.is_settled
    ]
    return Effect(replies, end, _first_unlike(in_time))


def shown_effect(shown: Shown, conforming: Shown) -> Effect:
    """The same for what a program would have shown."""
    if (shown.left_at is None) != (conforming.left_at is None) and shown.state is not State.DEAD:
        end = End.LEFT
    else:
        end = End.SAME if shown.state is conforming.state else _STATES.get(shown.state, End.LEFT)
    in_time = [
        _counted(wait.received_bytes, other.received_bytes)
        for wait, other in zip(shown.waits, conforming.waits, strict=False)
    ]
    return Effect(_compared(shown.received, conforming.received), end, _first_unlike(in_time))


def likeness(one: Effect, other: Effect) -> float:
    """From 0 to 1: how much two effects have in common, where neither is none at all."""
    return 0.7 + 0.15 * (one.replies is other.replies) + 0.15 * (one.end is other.end)


def _compared(came: bytes, should: bytes) -> Replies:
    if came == should:
        return Replies.SAME
    if should.startswith(came):
        return Replies.FEWER
    return Replies.MORE if came.startswith(should) else Replies.OTHER


def _counted(came_bytes: int, should_bytes: int) -> Replies:
    if came_bytes == should_bytes:
        return Replies.SAME
    return Replies.FEWER if came_bytes < should_bytes else Replies.MORE


def _first_unlike(each: list[Replies]) -> Replies:
    return next((one for one in each if one is not Replies.SAME), Replies.SAME)
