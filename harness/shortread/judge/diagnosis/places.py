"""Mistakes that are known by where a stream must be cut to show them: what all failed trials have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from shortread.evidence import Ending
from shortread.results import Trial
from shortread.schedule import Pause, Schedule, Send
from shortread.stream import Role, Span, Stream

_LEFT = frozenset({Ending.CLOSED_EARLY, Ending.RESET_EARLY, Ending.RESET})


class Place(NamedTuple):
    """Where a trial was cut: the code of the mistake that shows there, and the field, where it is one."""

    code: str
    field: str = ""


ALSO: Mapping[str, tuple[str, ...]] = {"SR108": ("SR109",), "SR109": ("SR108",), "SR111": ("SR105",)}
"""Codes that would look the same."""

_ORDER = ("SR108", "SR109", "SR111", "SR105", "SR101", "SR102")


def named_by_place(failed: Sequence[Trial], passed: Sequence[Trial]) -> tuple[str, tuple[str, ...]] | None:
    """The code of the first place in which every failed trial was cut, and no trial that passed."""
    if not failed or any(trial.fault == "whole" for trial in failed):
        return None
    common = reduce(frozenset.intersection, map(_places, failed)).difference(*map(_places, passed))
    code = next((code for code in _ORDER if any(place.code == code for place in common)), None)
    return None if code is None else (code, ALSO.get(code, ()))


def _places(trial: Trial) -> frozenset[Place]:
    stream = trial.conversation.stream
    every = (place for cut in _cuts(trial.schedule) for place in _place(stream, cut))
    return frozenset((*every, *_silence(trial)))


def _silence(trial: Trial) -> Iterator[Place]:
    if any(isinstance(action, Pause) for action in trial.schedule.actions):
        yield Place("SR108" if trial.evidence.ending in _LEFT else "SR109")


def _cuts(schedule: Schedule) -> Iterator[int]:
    """The offsets between two segments, and at an early end."""
    for action in schedule.actions:
        if isinstance(action, Send):
            yield from (segment.end for segment in action.segments())


def _place(stream: Stream, offset: int) -> Iterator[Place]:
    """What is cut there; the places that a mistake shows in whatever the field is, and those of one field."""
    inside = next((span for span in stream.spans() if span.start < offset < span.end), None)
    if inside is not None and inside.role is Role.ESCAPE:
        yield Place("SR111")
    if _is_delimiter(stream, offset, inside):
        yield Place("SR105")
    elif inside is not None and inside.role in (Role.BODY, Role.ESCAPE):
        yield from (Place("SR102"), Place("SR102", inside.name))
    elif _is_header(stream, offset):
        yield from (Place("SR101"), Place("SR101", "" if inside is None else inside.name))


def _is_delimiter(stream: Stream, offset: int, inside: Span | None) -> bool:
    """Inside a delimiter, or between the parts of one that is written as several."""
    if inside is not None:
        return inside.role is Role.DELIMITER
    before = next((span for span in stream.spans() if span.end == offset), None)
    behind = next((span for span in stream.spans() if span.start == offset), None)
    is_trailer = before is not None and before.role is Role.DELIMITER
    return is_trailer and behind is not None and behind.role is Role.CONSTANT and offset not in stream.frame_starts


def _is_header(stream: Stream, offset: int) -> bool:
    """Behind the start of a frame, and before a body of it."""
    start = max((start for start in stream.frame_starts if start <= offset), default=0)
    end = min((start for start in stream.frame_starts if start > offset), default=len(stream.wire))
    bodies = (span.start for span in stream.spans() if span.role in (Role.BODY, Role.ESCAPE))
    return start < offset < max((body for body in bodies if offset < body < end), default=0)
