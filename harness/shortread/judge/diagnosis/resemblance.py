"""How alike the failures of the tested program and those of a mistake are, where no candidate shows just the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shortread.catalogue.axes import Reaction
from shortread.catalogue.program import Program
from shortread.faults.table import schedules_of
from shortread.judge.diagnosis.agreement import agrees
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.effect import NO_EFFECT, Replies, likeness, observed_effect, shown_effect
from shortread.results import Trial
from shortread.stream import Conversation, Kind

_WHOLE = "whole"
_SIMILAR = 0.75
"""What it counts that a program fails in a similar way, where to fail in the same way counts as one."""
_CONTRADICTION = 2.0
"""How much more it counts that a program would have failed where nothing did."""
_ENDS_OTHERWISE = 0.25
"""The same where it would only have ended otherwise."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Programs that make one mistake in one way, and differ only in what they do when they trip.

    That is not the mistake, so that in each trial the one counts that resembles most.
    """

    programs: tuple[Program, ...]

    @property
    def code(self) -> str:
        """The mistake."""
        return self.programs[0].code or ""

    def deviates(self, trial: Trial, candidates: Candidates) -> bool:
        """Whether any of them goes wrong in a trial."""
        return any(deviates(program, trial, candidates) for program in self.programs)

    def resemblance(
        self, failed: Sequence[Trial], passed: Iterable[Trial], candidates: Candidates, *, at_least: float
    ) -> float:
        """From 0 to 1: of the trials in which one of the two fails, in how many both do, and how alike.

        It is 0 where the failures alone make it less than `at_least`, and where what is wrong without any cut is not
        foretold to the octet: other reasons than framing are many.
        """
        if not any(_foretells_the_whole(program, failed, candidates) for program in self.programs):
            return 0.0
        alike, lacking = 0.0, (1 - at_least) * len(failed)
        for trial in failed:
            one = max(_alike(program, trial, candidates) for program in self.programs)
            alike, lacking = alike + one, lacking - (1 - one)
            if lacking < 0:
                return 0.0
        against = sum(min(_contradiction(program, trial, candidates) for program in self.programs) for trial in passed)
        return alike / (len(failed) + against)


def kins(programs: Iterable[Program]) -> tuple[Kin, ...]:
    """Programs that differ in nothing but their reaction, together; in the order of the catalogue."""
    by_way: dict[tuple[object, ...], list[Program]] = {}
    for program in programs:
        axes = replace(program.axes, reaction=Reaction.CLOSES)
        way = (program.code, str(axes), id(program.codec), id(program.writing))
        by_way.setdefault(way, []).append(program)
    return tuple(Kin(tuple(kin)) for kin in by_way.values())


def deviates(program: Program, trial: Trial, candidates: Candidates) -> bool:
    """Whether a program goes wrong in a trial."""
    conforming = candidates.shown_in(candidates.conforming, trial)
    return shown_effect(candidates.shown_in(program, trial), conforming) != NO_EFFECT


def _foretells_the_whole(program: Program, failed: Iterable[Trial], candidates: Candidates) -> bool:
    """Whether whole conversations fail just as the program would, and pass where it would."""
    ordinary = [trial for trial in failed if trial.conversation.kind is Kind.ORDINARY]
    uncut = {trial.conversation.name: trial for trial in ordinary if trial.fault == _WHOLE}
    conversations = {trial.conversation.name: trial.conversation for trial in ordinary}
    return all(agrees(candidates.shown_in(program, trial), trial.evidence) for trial in uncut.values()) and not any(
        _fails_whole(program, conversation, candidates)
        for name, conversation in conversations.items()
        if name not in uncut
    )


def _fails_whole(program: Program, conversation: Conversation, candidates: Candidates) -> bool:
    (schedule, *_) = schedules_of(_WHOLE, conversation)
    shown, conforming = (candidates.shown(one, conversation, schedule) for one in (program, candidates.conforming))
    return shown_effect(shown, conforming) != NO_EFFECT


def _alike(program: Program, trial: Trial, candidates: Candidates) -> float:
    conforming, shown = (candidates.shown_in(one, trial) for one in (candidates.conforming, program))
    if agrees(shown, trial.evidence):
        return 1.0
    foretold = shown_effect(shown, conforming)
    return 0.0 if foretold == NO_EFFECT else _SIMILAR * likeness(foretold, observed_effect(trial.evidence, conforming))


def _contradiction(program: Program, trial: Trial, candidates: Candidates) -> float:
    """How much a trial that passed speaks against a program."""
    conforming = candidates.shown_in(candidates.conforming, trial)
    effect = shown_effect(candidates.shown_in(program, trial), conforming)
    if effect == NO_EFFECT:
        return 0.0
    return _ENDS_OTHERWISE if effect.replies is effect.in_time is Replies.SAME else _CONTRADICTION
