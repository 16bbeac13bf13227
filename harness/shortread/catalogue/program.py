"""A program that has a mistake: a spec, a loop, and the axes. Every connection to it is a session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from shortread.catalogue.answers import Answers, Script
from shortread.catalogue.axes import Axes
from shortread.catalogue.field import AnnouncingMachine, Field
from shortread.catalogue.loop import Loop
from shortread.catalogue.session import Session
from shortread.codec.frame_codec import FrameCodec


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
    """A program that makes the mistakes of two; None where they are made in the same place."""
    loops = [loop for loop in (one.loop, other.loop) if loop is not Loop]
    sessions = [session for session in (one.session, other.session) if session is not Session]
    is_possible = len(loops) == len(sessions) == 1 and not (one.axes.detail and other.axes.detail)
    if not is_possible or {one.codec, one.writing} != {other.codec, other.writing}:
        return None
    reading = one if one.loop is not Loop else other
    axes = replace(reading.axes, detail=one.axes.detail or other.axes.detail)
    return replace(reading, code=None, axes=axes, loop=loops[0], session=sessions[0])


def correct_program(codec: FrameCodec, axes: Axes | None = None) -> Program:
    """What a conforming program would be, in any way of reading."""
    return Program(codec=codec, writing=codec, axes=axes or Axes())
