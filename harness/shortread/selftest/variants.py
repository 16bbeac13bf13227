"""Programs that diagnosis is made to forget, told by others of the same mistake: nothing is run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from shortread.catalogue.program import Program
from shortread.catalogue.simulation import Shown
from shortread.engine.findings import cause_named, group_by_cause
from shortread.engine.plan import Family, Plan
from shortread.judge.diagnosis import Candidates, Diagnosis, diagnose, differences
from shortread.judge.diagnosis.sampling import SHORT_BYTES
from shortread.results import Status, Trial
from shortread.schedule import Schedule
from shortread.selftest.foreseen import deliveries, foreseen_trial
from shortread.selftest.score import Scored
from shortread.stream import Conversation

_MOST_COMPARED = 40
"""Programs that show the same in so many failing trials behave alike."""
_MOST_PASSED = 80
_MOST_FURTHER_TRIALS = 12

_Delivery = tuple[Family, Schedule]


class Forgetful(Candidates):
    """Candidates without some of their programs. What the others would show is thought about only once for all."""

    def __init__(self, known: Candidates, forgotten: Collection[Program]) -> None:
        super().__init__(known.codec)
        self._known = known
        self._forgotten = frozenset(forgotten)

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """Those that are not forgotten."""
        return tuple(program for program in self._known.programs if program not in self._forgotten)

    @cached_property
    def conforming(self) -> Program:
        """A program without a mistake."""
        return self._known.conforming

    def shown(
        self, program: Program, conversation: Conversation, schedule: Schedule, connection: int | None = None
    ) -> Shown:
        """What a program would have shown."""
        return self._known.shown(program, conversation, schedule, connection)


def variants_of(spec: str, plan: Plan, codes: Collection[str] = ()) -> Iterator[Scored]:
    """The score of each program for a spec whose mistake others make too, in another way.

    Without `codes` it is every mistake. A program with which nothing fails has no score.
    """
    candidates = Candidates(plan.codec)
    possible = tuple(deliveries(plan, longest_bytes=SHORT_BYTES))
    for program in candidates.programs:
        if not codes or program.code in codes:
            trials = [foreseen_trial(program, family, schedule, candidates) for family, schedule in possible]
            failed = [trial for trial in trials if trial.verdict.status is Status.FAIL]
            kin = Forgetful(candidates, _alike(program, failed, candidates))
            if failed and any(other.code == program.code for other in kin.programs):
                passed = [trial for trial in trials if trial.verdict.status is Status.PASS]
                yield _scored(spec, program, len(trials), _Guess(program, kin, possible).names(failed, passed))


def _alike(program: Program, failed: Sequence[Trial], candidates: Candidates) -> frozenset[Program]:
    """The programs that show just the same, of whatever mistake: the one itself among them."""
    compared = failed[:_MOST_COMPARED]
    return frozenset(
        other
        for other in candidates.programs
        if all(candidates.shown_in(other, trial) == candidates.shown_in(program, trial) for trial in compared)
    )


def _scored(spec: str, program: Program, trials: int, found: Sequence[Diagnosis]) -> Scored:
    best, *others = found
    return Scored(
        spec=spec,
        program=f"{program.code} {program.axes}",
        codes=(program.code or "",),
        best=(best.code, *best.also),
        further=tuple(other.code for other in others[:1]),
        certainty=best.certainty,
        trials=trials,
        seconds=None,
        remark=f"{best.certainty}, likeness {best.likeness:.2f}",
    )


class _Guess:
    """What diagnosis calls a program that it does not know, after deliveries that tell its own candidates apart."""

    def __init__(self, program: Program, candidates: Candidates, possible: Sequence[_Delivery]) -> None:
        self._program = program
        self._candidates = candidates
        self._possible = {(family.conversation.name, schedule): family for family, schedule in possible}

    def names(self, failed: Sequence[Trial], passed: Sequence[Trial]) -> tuple[Diagnosis, ...]:
        """The mistakes, the best first; where none is known, what the failures show by themselves."""
        wrong, right = list(failed), list(passed[:: max(1, len(passed) // _MOST_PASSED)])
        for _ in range(_MOST_FURTHER_TRIALS):
            found = diagnose(self._candidates, wrong, right)
            delivery = next(self._undecided(found, (*wrong, *right)), None)
            if delivery is None:
                break
            trial = foreseen_trial(self._program, *delivery, self._candidates)
            (wrong if trial.verdict.status is Status.FAIL else right).append(trial)
        return found if found and found[0].certainty != "unexplained" else (_by_itself(wrong),)

    def _undecided(self, found: Sequence[Diagnosis], known: Sequence[Trial]) -> Iterator[_Delivery]:
        """Deliveries that tell a mistake from those that would be as good."""
        tried = {(trial.conversation.name, trial.schedule) for trial in known}
        pool = [
            (family.conversation, schedule)
            for (name, schedule), family in self._possible.items()
            if (name, schedule) not in tried
        ]
        for one in found:
            for rival in one.rivals:
                for conversation, schedule in differences(self._candidates, one.programs[0], rival, pool):
                    yield self._possible[conversation.name, schedule], schedule


def _by_itself(failed: Sequence[Trial]) -> Diagnosis:
    """What most of the failures show by themselves."""
    groups = group_by_cause(failed)
    code = max(groups, key=lambda one: len(groups[one]))
    cause = cause_named(code)
    return Diagnosis(
        code=code,
        certainty=cause.certainty,
        explains=tuple(groups[code]),
        of=len(failed),
        also=cause.also,
        likeness=0.0,
    )
