"""A program that has a mistake: a spec, a loop, and the axes. Every connection to it is a session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

from shortread.catalogue.answers import Answers, Script
from shortread.catalogue.axes import Axes
from shortread.catalogue.field import AnnouncingMachine, Field
from shortread.catalogue.loop import Loop
from shortread.catalogue.session import Session
from shortread.codec.frame_codec import FrameCodec

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Program:
    """Reads as `codec` says, and writes as `writing` says; the two differ where a mistake is only in one of them.

    It is one of the programs of the mistake `code`; the correct one has none.
    """

    code: str | None = None
    codec: FrameCodec
    writing: FrameCodec
    axes: Axes = field(default_factory=Axes)
    loop: type[Loop] = Loop
    session: type[Session] = Session
    answers: type[Answers] = Answers
    _known: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def open(self, script: Script | None = None) -> Session:
        """A fresh connection; that of a client with what it says of its own accord."""
        field_read = Field()
        loop = self.loop(AnnouncingMachine(self.codec.framing(), field_read), field_read, self.axes)
        return self.session(loop, self.answers(self.writing, self._known, script), self.codec)


def both(one: Program, other: Program) -> Program | None:
    """A program that makes two mistakes; the first is asked first where both are made in the same place.

    None where they do not go together: they read in different ways, mean different details, or have another spec.
    """
    if {one.codec, one.writing} != {other.codec, other.writing} or not _read_alike(one, other):
        return None
    if one.axes.detail and other.axes.detail and one.axes.detail != other.axes.detail:
        return None
    reading = other if one.loop is Loop else one
    return replace(
        reading,
        code=None,
        axes=replace(reading.axes, detail=one.axes.detail or other.axes.detail),
        loop=_mixed(one.loop, other.loop),
        session=_mixed(one.session, other.session),
        answers=_mixed(one.answers, other.answers),
        # What others say, who answer in another way.
        _known={},
    )


def _read_alike(one: Program, other: Program) -> bool:
    """Whether at most one of them depends on how octets are got, or both get them in the same way."""
    same = (one.axes.reading, one.axes.read_bytes) == (other.axes.reading, other.axes.read_bytes)
    return same or one.loop is Loop or other.loop is Loop


def _mixed(one: type[_T], other: type[_T]) -> type[_T]:
    """A class that overrides what either does; where both override the same method, the first is asked first."""
    if issubclass(one, other):
        return one
    return other if issubclass(other, one) else _mixed_class((one, other))


@cache
def _mixed_class(bases: tuple[type, ...]) -> Any:
    return type("And".join(base.__name__ for base in bases), bases, {})


def correct_program(codec: FrameCodec, axes: Axes | None = None) -> Program:
    """What a conforming program would be, in any way of reading."""
    return Program(codec=codec, writing=codec, axes=axes or Axes())
