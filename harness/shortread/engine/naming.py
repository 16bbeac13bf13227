"""Confirmed failures -> mistakes with their names: what diagnosis says, or what a failed trial shows by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from shortread.catalogue.program import Program
from shortread.codec.frame_codec import FrameCodec
from shortread.engine.findings import ON_SEVERAL_CONNECTIONS, UNSTABLE, cause_named, size_of
from shortread.engine.plan import Family, Plan
from shortread.judge.diagnosis import (
    UNEXPLAINED,
    Candidates,
    Certainty,
    Diagnosis,
    diagnose,
    differences,
    goes_wrong,
    in_one_form,
    is_certain,
    is_explained,
    longest_comparable_bytes,
)
from shortread.results import Trial
from shortread.schedule import Schedule
from shortread.stream import Conversation, Kind

_MOST_FURTHER_TRIALS = 12
"""So many deliveries may be tried, beyond those of the plan's run, to tell candidates apart."""
_MOST_DELIVERIES = 400
"""Of so many, the smallest ones, it is thought about whether candidates would show the same."""
_FEWEST_EXPLAINED = 0.5
"""So much of everything that fails has to be explained by what was found, or nothing was."""

_OF_CONTENTS = "SR4"

RunTrial = Callable[[Family, Schedule], Trial]
_Key = tuple[str, Schedule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The failure that was seen again, and the trials that failed in the same way."""

    trial: Trial
    trials: tuple[Trial, ...]

    @property
    def every(self) -> tuple[Trial, ...]:
        """All of them, with what was seen the second time where that is known."""
        seen = key_of(self.trial)
        return (self.trial, *(trial for trial in self.trials if key_of(trial) != seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A mistake, and the failed trials that it explains, the smallest first; `also` are names that are as good.

    `found` is what says so, where it is not the trials by themselves.
    """

    code: str
    certainty: Certainty
    also: tuple[str, ...] = ()
    trials: tuple[Trial, ...]
    found: Diagnosis | None = None


class Naming:
    """Names the mistakes of one run. `passed` are some of the trials that passed; `run` delivers one more."""

    def __init__(self, plan: Plan, passed: Iterable[Trial], run: RunTrial) -> None:
        self._plan = plan
        self._run = run
        families = (*plan.families, *plan.further)
        self._families = {(family.conversation.name, family.fault): family for family in families}
        self._candidates = Candidates(_codec_of(plan))
        self._passed = [self._comparable(trial) for trial in passed]
        self._further: dict[_Key, Trial] = {}

    def names(self, confirmed: Mapping[str, Confirmed]) -> tuple[Named, ...]:
        """The mistakes, each once; `confirmed` are failures by the code that each shows by itself.

        What only several connections show is named by that. Everything else is compared with what flawed programs
        would have shown, frames that must be refused for themselves; where that explains nothing, it is named by what
        it shows itself, too.
        """
        apart, refused, others = _sorted_out(confirmed)
        named = self._named(others)
        # A reader that is lost anyway is lost in these as well.
        lost_anyway = [self._also_explained(one, {**refused, **apart}) for one in named]
        explained = {key_of(trial) for one in lost_anyway for trial in one.trials}
        apart, refused = (_without(explained, trials) for trials in (apart, refused))
        left = {code: trials for code, trials in refused.items() if code != UNEXPLAINED or not named}
        return _merged([*named, *lost_anyway, *self._named_by_refused(left), *_by_themselves(apart)])

    def _named_by_refused(self, failed: Mapping[str, Sequence[Trial]]) -> list[Named]:
        """Frames that must be refused show what is made of contents; not how a stream is read, or where it ends."""
        named = self._named(failed, only_exact=True)
        is_of_contents = all(one.found is None or one.code.startswith(_OF_CONTENTS) for one in named)
        return named if is_of_contents else list(_by_themselves(failed))

    def _also_explained(self, one: Named, refused: Mapping[str, Sequence[Trial]]) -> Named:
        """Those of further trials that a mistake explains, too."""
        every = (self._comparable(trial) for trials in refused.values() for trial in trials)
        found = one.found
        trials = () if found is None else (trial for trial in every if is_explained(self._candidates, found, trial))
        return replace(one, trials=tuple(trials))

    def _named(self, failed: Mapping[str, Sequence[Trial]], *, only_exact: bool = False) -> list[Named]:
        every = [trial for trials in failed.values() for trial in trials]
        named = list(self._diagnosed(every, only_exact=only_exact))
        if named:
            return named
        # What some failures show by themselves must not hide what is behind the others.
        unexplained = list(self._diagnosed(failed.get(UNEXPLAINED, ()), only_exact=True))
        left = {code: trials for code, trials in failed.items() if code != UNEXPLAINED or not unexplained}
        return [*_by_themselves(left), *unexplained]

    def _diagnosed(self, failed: Sequence[Trial], *, only_exact: bool) -> Iterator[Named]:
        """Mistakes, and what they leave over again; nothing where none explains anything."""
        if not self._is_foretold:
            return
        every = list(map(self._comparable, failed))
        found = self._explained(self._told_apart(every, only_exact=only_exact), every)
        explained = {key_of(trial) for one in found for trial in one.trials}
        if len(explained) < _FEWEST_EXPLAINED * len(every):
            return
        yield from found
        left = [trial for trial in every if key_of(trial) not in explained]
        # What passes where the first mistake shows says nothing about another.
        passed = [trial for trial in self._passed if not self._shows(found, trial)]
        others = diagnose(self._candidates, left, passed, only_exact=True)
        # It may look like another by chance: it has to do so more than once, and exactly.
        yield from (one for one in self._explained(others, left) if len(one.trials) > 1)

    def _shows(self, named: Sequence[Named], trial: Trial) -> bool:
        return any(one.found is not None and goes_wrong(self._candidates, one.found, trial) for one in named)

    def _explained(self, found: Iterable[Diagnosis], failed: Sequence[Trial]) -> list[Named]:
        """What is found, each with those of the trials that nothing before it explains."""
        named = []
        left = list(failed)
        for one in found:
            explained = [trial for trial in left if is_explained(self._candidates, one, trial)]
            left = [trial for trial in left if trial not in explained]
            if explained and one.certainty != "unexplained":
                named.append(
                    Named(code=one.code, certainty=one.certainty, also=one.also, trials=tuple(explained), found=one)
                )
        return named

    @property
    def _is_foretold(self) -> bool:
        return all(self._candidates.can_foretell(family.conversation) for family in self._plan.families)

    def _told_apart(self, failed: Sequence[Trial], *, only_exact: bool) -> tuple[Diagnosis, ...]:
        """What explains failures, after deliveries on which the mistakes differ that explain the same."""
        tried = {key_of(trial): trial for trial in (*self._further.values(), *failed, *self._passed)}
        decisive: list[Trial] = []
        while True:
            found = diagnose(self._candidates, failed, self._passed, decisive=decisive, only_exact=only_exact)
            used = set(map(key_of, decisive))
            trial = next((trial for one in found for trial in self._telling(one, tried, used)), None)
            if trial is None:
                return found
            decisive.append(trial)

    def _telling(self, one: Diagnosis, tried: Mapping[_Key, Trial], used: set[_Key]) -> Iterator[Trial]:
        """Trials that tell a mistake from its rivals, and that were not used for that yet: run, where none was."""
        if not one.rivals:
            return
        longest_bytes = longest_comparable_bytes(one.explains)
        may_run = len(self._further) < _MOST_FURTHER_TRIALS
        pool = [
            (conversation, schedule)
            for conversation, schedule in self._deliveries()
            if len(conversation.stream.wire) <= longest_bytes
            and (key := (conversation.name, schedule)) not in used
            and (may_run or key in tried)
        ]
        for rival in one.rivals:
            for conversation, schedule in differences(self._candidates, one.programs[0], rival, pool):
                known = tried.get((conversation.name, schedule))
                if known is None:
                    yield self._run_further(conversation, schedule)
                elif self._tells_apart(known, one.programs[0], rival):
                    yield known

    def _run_further(self, conversation: Conversation, schedule: Schedule) -> Trial:
        trial = self._comparable(self._run(self._family_of(conversation, schedule), schedule))
        self._further[key_of(trial)] = trial
        return trial

    def _tells_apart(self, trial: Trial, one: Program, other: Program) -> bool:
        """Whether one of two programs would have shown what was seen: not everything in which they differ can be."""
        return is_certain(trial) and self._candidates.shows(one, trial) != self._candidates.shows(other, trial)

    def _deliveries(self) -> list[tuple[Conversation, Schedule]]:
        """The smallest of the plan, and messages of sizes that it does not have."""
        every = ((family.conversation, schedule) for family in self._plan.families for schedule in family.schedules)
        further = ((family.conversation, schedule) for family in self._plan.further for schedule in family.schedules)
        return [*islice(sorted(every, key=_delivery_size), _MOST_DELIVERIES), *further]

    def _family_of(self, conversation: Conversation, schedule: Schedule) -> Family:
        return next(
            family
            for family in self._families.values()
            if family.conversation is conversation and schedule in family.schedules
        )

    def _comparable(self, trial: Trial) -> Trial:
        """The trial, so that octets that came back can be compared with what a candidate would send."""
        oracle = self._families[trial.conversation.name, trial.fault].oracle
        return in_one_form(trial, oracle) if oracle.is_written_down else trial


def _sorted_out(confirmed: Mapping[str, Confirmed]) -> tuple[dict[str, list[Trial]], ...]:
    """What several connections show, frames that were to be refused, and everything else: each under its code."""
    apart: dict[str, list[Trial]] = {}
    refused: dict[str, list[Trial]] = {}
    others: dict[str, list[Trial]] = {}
    for shown, group in confirmed.items():
        for trial in group.every:
            is_malformed = trial.conversation.kind is Kind.MALFORMED
            kind = apart if shown in (UNSTABLE, *ON_SEVERAL_CONNECTIONS) else refused if is_malformed else others
            kind.setdefault(shown, []).append(trial)
    return apart, refused, others


def _without(keys: set[_Key], failed: Mapping[str, Sequence[Trial]]) -> dict[str, list[Trial]]:
    return {code: [trial for trial in trials if key_of(trial) not in keys] for code, trials in failed.items()}


def _by_themselves(failed: Mapping[str, Sequence[Trial]]) -> Iterator[Named]:
    """Failures under the code that each shows by itself."""
    for code, trials in failed.items():
        if trials:
            cause = cause_named(code)
            yield Named(code=code, certainty=cause.certainty, also=cause.also, trials=tuple(trials))


def _merged(named: Iterable[Named]) -> tuple[Named, ...]:
    """Each code once, with all trials, the smallest first."""
    merged: dict[str, Named] = {}
    for one in named:
        known = merged.get(one.code, replace(one, trials=()))
        merged[one.code] = replace(known, trials=tuple(sorted((*known.trials, *one.trials), key=size_of)))
    return tuple(merged.values())


def _codec_of(plan: Plan) -> FrameCodec:
    """The codec as the programs of the catalogue need it, who know of no manifest."""
    codec = plan.codec
    if not any(family.oracle.is_written_down for family in plan.families):
        return codec
    return FrameCodec(codec.spec.model_copy(update={"reply": "transcript"}), codec.side)


def key_of(trial: Trial) -> _Key:
    """What tells a trial from all others of its run."""
    return trial.conversation.name, trial.schedule


def _delivery_size(delivery: tuple[Conversation, Schedule]) -> tuple[int, int, int]:
    conversation, schedule = delivery
    return len(conversation.stream.frames), len(conversation.stream.wire), len(schedule.actions)
