"""Where the frames and their fields lie in a stream, with the names that people read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from shortread.report.printable import narrow
from shortread.results import FrameMark
from shortread.stream import Role

_SELF_EVIDENT = (Role.DELIMITER, Role.CONSTANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Octets `start` to `end` (exclusive) of the stream. `frame` counts from 1, unlike the marks."""

    frame: int
    name: str
    role: str
    start: int
    end: int

    @property
    def octets(self) -> int:
        """How many there are."""
        return self.end - self.start

    @property
    def label(self) -> str:
        """What stands above a field; nothing for a constant without a name, whose octets say enough."""
        is_unnamed = self.name == self.role or self.name.startswith("'")
        return "" if is_unnamed and self.role in _SELF_EVIDENT else self.name


def fields_of(marks: Sequence[FrameMark]) -> tuple[Place, ...]:
    """The fields that have octets, in wire order."""
    return tuple(
        Place(frame=number, name=narrow(mark.name), role=mark.role, start=mark.start, end=mark.end)
        for number, group in enumerate(_by_frame(marks), 1)
        for mark in group
        if mark.end > mark.start
    )


def frames_of(marks: Sequence[FrameMark]) -> tuple[Place, ...]:
    """The frames, each from the start of its first field to the end of its last."""
    return tuple(
        Place(
            frame=number,
            name=f"frame {number}",
            role="frame",
            start=min(mark.start for mark in group),
            end=max(mark.end for mark in group),
        )
        for number, group in enumerate(_by_frame(marks), 1)
    )


def edges_of(places: Iterable[Place]) -> set[int]:
    """Where they start and end."""
    return {edge for place in places for edge in (place.start, place.end)}


def overlapping(places: Iterable[Place], start: int, end: int) -> list[Place]:
    """Those that have octets between these offsets."""
    return [place for place in places if place.start < end and start < place.end]


def _by_frame(marks: Sequence[FrameMark]) -> list[list[FrameMark]]:
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end))
    return [list(group) for _, group in groupby(ordered, key=lambda mark: mark.frame)]
