"""The programs that may be the one that was tested."""

from __future__ import annotations

from functools import cached_property

from shortread.catalogue.mistake import Serving
from shortread.catalogue.program import Program, correct_program
from shortread.catalogue.simulation import Shown, simulate
from shortread.catalogue.table import CATALOGUE
from shortread.codec.frame_codec import FrameCodec
from shortread.results import Trial
from shortread.schedule import Schedule
from shortread.stream import Conversation


class Candidates:
    """Every program of the catalogue that there is for a spec, and what each would have shown.

    Only what is answered in a way that follows from the spec alone can be foretold: there is no candidate where
    replies are recorded, learned, or written down as an exchange.
    """

    def __init__(self, codec: FrameCodec) -> None:
        self.codec = codec
        self._shown: dict[tuple[Program, str, Schedule], Shown] = {}

    @property
    def is_foretold(self) -> bool:
        """Whether it follows from the spec what any program would have shown."""
        spec = self.codec.spec
        return not spec.is_recorded and spec.exchange is None and spec.reply in ("echo", "close", "transcript")

    @cached_property
    def conforming(self) -> Program:
        """A program without a mistake."""
        return correct_program(self.codec)

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """In the order of the catalogue, all programs of one mistake together."""
        if not self.is_foretold:
            return ()
        # What only several connections show is not foretold on one.
        mistakes = (mistake for mistake in CATALOGUE.values() if mistake.serving is Serving.THREADS)
        return tuple(program for mistake in mistakes for program in mistake.programs(self.codec))

    def shown(self, program: Program, conversation: Conversation, schedule: Schedule) -> Shown:
        """What a program would have shown; thought about once."""
        key = program, conversation.name, schedule
        found = self._shown.get(key)
        if found is None:
            half_closes = self.codec.spec.reply != "close"
            found = self._shown[key] = simulate(program, conversation.stream.wire, schedule, half_closes=half_closes)
        return found

    def shown_in(self, program: Program, trial: Trial) -> Shown:
        """The same for a trial that was run."""
        return self.shown(program, trial.conversation, trial.schedule)
