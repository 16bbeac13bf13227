"""The faults by name, in the order in which they are tried: what finds most per second first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from shortread.faults import close, every_cut, half_close, held, one_byte, together, whole
from shortread.schedule import Schedule
from shortread.stream import Conversation

FAULTS: Mapping[str, Callable[[Conversation], Iterator[Schedule]]] = {
    "whole": whole.schedules,
    "together": together.schedules,
    "every-cut": every_cut.schedules,
    "one-byte": one_byte.schedules,
    "held": held.schedules,
    "half-close": half_close.schedules,
    "close": close.schedules,
}
