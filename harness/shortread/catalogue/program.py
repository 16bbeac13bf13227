"""A program that has a mistake: a spec, a loop, and the axes. Every connection to it is a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from shortread.catalogue.answers import Answers
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
    axes: Axes = Axes()
    loop: type[Loop] = Loop
    session: type[Session] = Session
    answers: type[Answers] = Answers
    _known: dict[str, bytes] = field(default_factory=dict, repr=False)

    def open(self) -> Session:
        """A fresh connection."""
        field_read = Field()
        loop = self.loop(AnnouncingMachine(self.codec.framing(), field_read), field_read, self.axes)
        return self.session(loop, self.answers(self.writing, self._known), self.codec)


def correct_program(codec: FrameCodec, axes: Axes | None = None) -> Program:
    """What a conforming program would be, in any way of reading."""
    return Program(codec=codec, writing=codec, axes=axes or Axes())
