"""One connection of a program, without a socket: what it reads, what it says, and how it ends."""

from __future__ import annotations

from enum import StrEnum

from shortread.catalogue.answers import Answers
from shortread.catalogue.axes import Reaction
from shortread.catalogue.loop import Loop
from shortread.codec.frame_codec import FrameCodec
from shortread.stream import Frame

LONG_SILENCE_SECONDS = 0.25
SHORT_SILENCE_SECONDS = 0.02
"""How long programs wait for more octets that wait for a limited time."""

SOON = "soon"
"""The detail of those that do not wait for long."""


class State(StrEnum):
    """What the program does now."""

    READING = "reading"
    CLOSED = "closed"
    DEAD = "dead"
    SPINNING = "spinning"
    STUCK = "stuck"
    """It waits for something that does not come, and does not read."""


class Session:
    """Conforms as it is. A mistake overrides what becomes of a read, of the end, of silence or of a reset.

    Whoever drives it reads up to `fill()` octets while it is READING, gives them to `read`, and says what that
    returns; where there are none any more, it is `end` that is asked. One that `gives_up` waits for a limited time
    only, and is then told by `fall_silent`; one that `watches_for_end` asks before each read whether the end is there.
    """

    gives_up = False
    watches_for_end = False

    def __init__(self, loop: Loop, answers: Answers, codec: FrameCodec) -> None:
        self.loop = loop
        self.answers = answers
        self.state = State.READING
        self.is_told_of_end = False
        self._after = codec.spec.reply_after
        self._closes_first = codec.spec.reply == "close"
        self._due: list[Frame] = []

    @property
    def waits_seconds(self) -> float | None:
        """For how long it waits for octets; None for one that waits for as long as it takes."""
        if not self.gives_up:
            return None
        return SHORT_SILENCE_SECONDS if self.loop.axes.detail == SOON else LONG_SILENCE_SECONDS

    def fill(self) -> int:
        """How many octets the next read asks for."""
        return self.loop.fill()

    def read(self, octets: bytes) -> bytes:
        """One read. `is_told_of_end` was set before, where the end of the stream had arrived by then."""
        said = self.handle(self.loop.feed(octets))
        if self.loop.violation is not None:
            self.leave()
        return said

    def end(self) -> bytes:
        """A read that gave nothing: the stream has ended."""
        said = self.handle(self.loop.end()[0], is_end=True)
        if self.state is State.READING:
            self.state = State.CLOSED
        return said

    def fall_silent(self) -> bytes:
        """Nothing has come for the time that the program is willing to wait."""
        return b""

    def reset(self) -> None:
        """The connection was aborted."""
        self.state = State.CLOSED

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        """Answer messages when that is due."""
        self._due += frames
        if not (is_end or self._after == "message" or (self._after == "series" and self.loop.has_changed_phase)):
            return b""
        due, self._due = self._due, []
        said = self.answers.to(due)
        if (due and self._closes_first) or self.answers.are_over:
            self.state = State.CLOSED
        return said

    def leave(self) -> None:
        """Nothing can be made of what came. Only the mistake itself ends the program: the rest is caught."""
        is_fatal = self.loop.has_tripped and self.loop.axes.reaction is Reaction.DIES
        self.state = State.DEAD if is_fatal else State.CLOSED
