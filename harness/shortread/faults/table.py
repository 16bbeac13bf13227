"""The faults by name, in the order in which they are tried: what finds most per second first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from shortread.faults import (
    churn,
    close,
    every_cut,
    every_pair,
    half_close,
    held,
    interleaved,
    one_byte,
    pause,
    pieces,
    reset,
    slow_reader,
    structure,
    together,
    whole,
)
from shortread.faults.stops import with_stops
from shortread.schedule import (
    AwaitReply,
    Close,
    HalfClose,
    Pause,
    Reset,
    ResumeReading,
    Schedule,
    StopReading,
)
from shortread.stream import Conversation, Kind

FAULTS: Mapping[str, Callable[[Conversation], Iterator[Schedule]]] = {
    "whole": whole.schedules,
    "together": together.schedules,
    "structure": structure.schedules,
    "every-cut": every_cut.schedules,
    "one-byte": one_byte.schedules,
    "held": held.schedules,
    "half-close": half_close.schedules,
    "close": close.schedules,
    "reset": reset.schedules,
    "interleaved": interleaved.schedules,
    "churn": churn.schedules,
    "slow-reader": slow_reader.schedules,
    "pieces": pieces.schedules,
    "every-pair": every_pair.schedules,
    "pause": pause.schedules,
}

CONCURRENT_FAULTS = frozenset({"interleaved"})
"""Faults with several connections at once."""

SEVERAL_CONNECTIONS = CONCURRENT_FAULTS | {"churn"}
"""Faults with several connections, at once or one after the other."""

_RECUTTING = frozenset({"whole", "together", "every-cut", "one-byte"})
"""Faults that deliver everything, cut in one way or another."""

_FOR_KIND: Mapping[Kind, frozenset[str]] = {
    Kind.MALFORMED: frozenset({"whole", "together", "one-byte"}),
    Kind.HOSTILE: frozenset({"slow-reader"}),
}
"""The only faults that show whether a frame is refused, or whether somebody waits as he should."""


_WITHOUT_OCTETS: Mapping[str, tuple[Schedule, ...]] = {
    "whole": (Schedule((AwaitReply(),)),),
    "half-close": (Schedule((HalfClose(),)),),
    "close": (Schedule((AwaitReply(), Close())),),
    "reset": (Schedule((Reset(),)), Schedule((AwaitReply(), Reset()))),
    "slow-reader": (Schedule((StopReading(), Pause(0.1), ResumeReading(), AwaitReply())),),
}
"""What can be done to somebody who speaks while we say nothing."""


def schedules_of(fault: str, conversation: Conversation) -> tuple[Schedule, ...]:
    """The schedules of a fault for a conversation; none where the fault has no meaning there.

    Where nobody knows which octets are a message, only faults are applied that deliver all of them.
    """
    if not conversation.stream.wire:
        return _WITHOUT_OCTETS.get(fault, ())
    if fault not in _FOR_KIND.get(conversation.kind, FAULTS):
        return ()
    if not conversation.knows_frames and fault not in _RECUTTING - {"together"}:
        return ()
    return with_stops(FAULTS[fault](conversation), conversation)
