"""The programs that may be the one that was tested."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from shortread.catalogue.answers import Script
from shortread.catalogue.mistake import Serving
from shortread.catalogue.program import Program, correct_program
from shortread.catalogue.simulation import Shown, simulate
from shortread.catalogue.table import CATALOGUE
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.expected import Exactly
from shortread.judge.diagnosis.agreement import agrees
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
        self._scripts: dict[str, Script] = {}
        self._shown: dict[tuple[Program, str, Schedule, int | None], Shown] = {}

    @property
    def is_foretold(self) -> bool:
        """Whether it follows from the spec what any program would have shown."""
        spec = self.codec.spec
        return not spec.is_recorded and spec.exchange is None and spec.reply in ("echo", "close", "transcript")

    def can_foretell(self, conversation: Conversation) -> bool:
        """Whether it is known what would be said in a conversation."""
        stream = conversation.stream
        ends = {0, *stream.frame_starts, len(stream.wire)}
        are_known = all(
            isinstance(answer.expected, Exactly) and answer.after_bytes in ends for answer in conversation.answers
        )
        if not self.is_foretold or not are_known:
            return False
        try:
            self._script(conversation)
        except UnbuildableError:
            return False
        return True

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

    def shown(
        self, program: Program, conversation: Conversation, schedule: Schedule, connection: int | None = None
    ) -> Shown:
        """What a program would have shown on a connection, the first where none is named; thought about once."""
        key = program, conversation.name, schedule, connection
        found = self._shown.get(key)
        if found is None:
            found = self._shown[key] = simulate(
                program,
                conversation.stream.wire,
                schedule,
                connection=connection,
                half_closes=self.codec.spec.reply != "close" and conversation.ends_after_bytes is None,
                script=self._script(conversation),
            )
        return found

    def _script(self, conversation: Conversation) -> Script | None:
        """What a client asks for, by how many answers it has understood. Raises UnbuildableError."""
        if not conversation.answers:
            return None
        if conversation.name not in self._scripts:
            self._scripts[conversation.name] = self._written(conversation)
        return self._scripts[conversation.name]

    def _written(self, conversation: Conversation) -> Script:
        stream = conversation.stream
        ends = (0, *stream.frame_starts[1:], len(stream.wire))
        said = [b""] * len(ends)
        for answer in conversation.answers:
            assert isinstance(answer.expected, Exactly)
            said[ends.index(answer.after_bytes)] += self.codec.counterpart.build(answer.expected.value).wire
        is_over = conversation.ends_after_bytes is not None
        return Script(said=tuple(said), closes_after=len(stream.frames) if is_over else None)

    def shown_in(self, program: Program, trial: Trial) -> Shown:
        """The same for the first connection of a trial that was run."""
        return self.shown(program, trial.conversation, trial.schedule)

    def shows(self, program: Program, trial: Trial) -> bool:
        """Whether what was seen on the first connection of a trial is what a program would have shown."""
        return agrees(self.shown_in(program, trial), trial.evidence)

    def shows_on_all(self, program: Program, trial: Trial) -> bool:
        """The same for all connections of a trial, but those that were given up."""
        evidence = trial.evidence
        return all(
            one.given_up or agrees(self.shown(program, trial.conversation, trial.schedule, connection), one)
            for connection, one in zip(trial.schedule.connections, (evidence, *evidence.others), strict=False)
        )

    def explained_by(self, program: Program, trials: Sequence[Trial]) -> frozenset[int]:
        """The numbers of the trials in which a program would have shown just what was seen."""
        return frozenset(number for number, trial in enumerate(trials) if self.shows(program, trial))
