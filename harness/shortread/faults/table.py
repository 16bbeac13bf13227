"""The faults by name, in the order in which they are tried: what finds most per second first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from shortread.faults import close, every_cut, half_close, held, one_byte, together, whole
from shortread.faults.stops import with_stops
from shortread.schedule import Schedule
from shortread.stream import Conversation, Kind

FAULTS: Mapping[str, Callable[[Conversation], Iterator[Schedule]]] = {
    "whole": whole.schedules,
    "together": together.schedules,
    "every-cut": every_cut.schedules,
    "one-byte": one_byte.schedules,
    "held": held.schedules,
    "half-close": half_close.schedules,
    "close": close.schedules,
}

_RECUTTING = frozenset({"whole", "together", "every-cut", "one-byte"})
"""Faults that deliver everything, cut in one way or another."""

_FOR_MALFORMED = frozenset({"whole", "together", "one-byte"})
"""What shows whether a frame is refused: alone, glued to the one before, and in pieces."""


def schedules_of(fault: str, conversation: Conversation) -> tuple[Schedule, ...]:
    """The schedules of a fault for a conversation; none where the fault has no meaning there.

    Where nobody knows which octets are a message, only faults are applied that deliver all of them.
    """
    if conversation.kind is Kind.MALFORMED and fault not in _FOR_MALFORMED:
        return ()
    if not conversation.knows_frames and fault not in _RECUTTING - {"together"}:
        return ()
    return with_stops(FAULTS[fault](conversation), conversation)
