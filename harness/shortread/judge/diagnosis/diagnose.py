"""Failed and passed trials -> the mistakes that explain them.

1. Exact: a program would have shown just that, in every failed trial and in every one that passed.
2. Several: no program would, but one explains some failures to the octet and contradicts no pass; what is left over
   is explained next. Where two of the programs found both go wrong, how they do so together is not foretold.
3. Probable: no program shows just that, but those of one mistake fail in the same trials, in a similar way.
4. Unexplained: wrong in any case, where the whole conversation fails as well, or dependent on the delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from shortread.catalogue.program import Program, both
from shortread.judge.diagnosis.agreement import agrees
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.effect import NO_EFFECT, likeness, observed_effect, shown_effect
from shortread.judge.diagnosis.sampling import ANY_BYTES, SHORT_BYTES, sample
from shortread.results import Trial
from shortread.stream import Kind

WRONG_REPLY, UNEXPLAINED = "SR001", "SR003"
_MOST_FAILED = 24
_MOST_PASSED = 24
_MOST_MISTAKES = 3
_PROBABLE = 0.6
"""How alike the failures must be at least for a name with the word *probably*."""
_FEWEST_FOR_ONE_OF_SEVERAL = 2
"""A single trial may be explained by chance."""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One mistake. `explains` are the trials that it explains, of those that were compared.

    `also` are the codes of other mistakes whose programs explain the same: no trial here tells them apart.
    `programs` are the candidates of `code` that are left, the first of them the simplest, and `rivals` the first
    candidate of each code in `also`: where `differences` finds a delivery between them, running it decides.
    `likeness` is 1 where it is exact.
    """

    code: str
    certainty: Literal["exact", "probable", "unexplained"]
    explains: tuple[Trial, ...]
    of: int
    also: tuple[str, ...] = ()
    programs: tuple[Program, ...] = ()
    rivals: tuple[Program, ...] = ()
    likeness: float = 1.0


def diagnose(candidates: Candidates, failed: Iterable[Trial], passed: Iterable[Trial]) -> tuple[Diagnosis, ...]:
    """The mistakes that explain the failed trials, the one that explains most first; empty where none can be compared.

    Nothing is run, and nothing is decided by chance: the same trials give the same names.
    """
    wrong, right = _compared(tuple(failed), tuple(passed))
    if not wrong or not candidates.programs:
        return ()
    possible = [program for program in candidates.programs if _contradicts_no(right, program, candidates)]
    explained = [(program, _explained(wrong, program, candidates)) for program in possible]
    complete = [program for program, numbers in explained if len(numbers) == len(wrong)]
    if complete:
        return (_exact(complete, wrong, len(wrong)),)
    return _several(explained, wrong, candidates) or (_probable(wrong, right, candidates),)


def _compared(failed: Sequence[Trial], passed: Sequence[Trial]) -> tuple[tuple[Trial, ...], tuple[Trial, ...]]:
    """Long messages, which may be cut without our help, are compared only where no short one failed."""
    wrong, longest_bytes = sample(failed, most=_MOST_FAILED), SHORT_BYTES
    if not wrong:
        longest_bytes = ANY_BYTES
        wrong = sample(failed, most=_MOST_FAILED, longest_bytes=longest_bytes)
    return wrong, sample(passed, most=_MOST_PASSED, longest_bytes=longest_bytes)


def _contradicts_no(passed: Sequence[Trial], program: Program, candidates: Candidates) -> bool:
    return all(agrees(candidates.shown_in(program, trial), trial.evidence) for trial in passed)


def _explained(failed: Sequence[Trial], program: Program, candidates: Candidates) -> frozenset[int]:
    """The numbers of the trials in which the program would have shown just that."""
    return frozenset(
        number for number, trial in enumerate(failed) if agrees(candidates.shown_in(program, trial), trial.evidence)
    )


def _exact(programs: Sequence[Program], explained: Sequence[Trial], of: int) -> Diagnosis:
    """The first code in the order of the catalogue, and the others that are as good."""
    firsts: dict[str, Program] = {}
    for program in programs:
        firsts.setdefault(program.code or "", program)
    code, *also = firsts
    return Diagnosis(
        code=code,
        certainty="exact",
        explains=tuple(explained),
        of=of,
        also=tuple(also),
        programs=tuple(program for program in programs if program.code == code),
        rivals=tuple(firsts[other] for other in also),
    )


def _several(
    explained: Sequence[tuple[Program, frozenset[int]]], failed: Sequence[Trial], candidates: Candidates
) -> tuple[Diagnosis, ...]:
    """Mistakes that together explain all failures; none where something would be left over."""
    found: list[Diagnosis] = []
    left = frozenset(range(len(failed)))
    while left and len(found) < _MOST_MISTAKES:
        most = max((len(numbers & left) for _, numbers in explained), default=0)
        if most < _FEWEST_FOR_ONE_OF_SEVERAL:
            return ()
        best = [(program, numbers & left) for program, numbers in explained if len(numbers & left) == most]
        _, gone = best[0]
        programs = [program for program, numbers in best if numbers == gone]
        found.append(_exact(programs, [failed[number] for number in sorted(gone)], len(failed)))
        left -= gone
        if left and (pair := _and_another(found, left, failed, candidates)):
            return pair
        left = frozenset(number for number in left if not _go_wrong_together(found, failed[number], candidates))
    return tuple(found) if not left and len(found) > 1 else ()


def _and_another(
    found: Sequence[Diagnosis], left: frozenset[int], failed: Sequence[Trial], candidates: Candidates
) -> tuple[Diagnosis, ...]:
    """The one mistake that was found, and one that never shows without it; none where there is no such pair."""
    if len(found) != 1:
        return ()
    trials = [failed[number] for number in sorted(left)]
    others = [
        program
        for program in candidates.programs
        if any(
            all(agrees(candidates.shown_in(pair, trial), trial.evidence) for trial in trials)
            for pair in map(partial(both, program), found[0].programs)
            if pair is not None
        )
    ]
    return (found[0], _exact(others, trials, len(failed))) if others else ()


def _go_wrong_together(found: Sequence[Diagnosis], trial: Trial, candidates: Candidates) -> bool:
    """Whether at least two of the mistakes show in one trial, so that neither shows as it would alone."""
    conforming = candidates.shown_in(candidates.conforming, trial)
    wrong = [one for one in found if candidates.shown_in(one.programs[0], trial) != conforming]
    return len(wrong) > 1


def _probable(failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates) -> Diagnosis:
    """The mistake of which a program fails in the same trials; the first where two are as good."""
    best: Program | None = None
    best_likeness = 0.0
    rivals: dict[str, Program] = {}
    for program in candidates.programs:
        if not _foretells_the_whole(program, failed, candidates):
            continue
        how_alike = _likeness(program, failed, passed, candidates, at_least=best_likeness)
        if how_alike > best_likeness:
            best, best_likeness, rivals = program, how_alike, {}
        elif best is not None and how_alike == best_likeness and program.code != best.code:
            rivals.setdefault(program.code or "", program)
    if best is None or best.code is None or best_likeness < _PROBABLE:
        return _unexplained(failed)
    return Diagnosis(
        code=best.code,
        certainty="probable",
        explains=tuple(trial for trial in failed if _deviates(best, trial, candidates)),
        of=len(failed),
        also=tuple(rivals),
        programs=(best,),
        rivals=tuple(rivals.values()),
        likeness=best_likeness,
    )


def _foretells_the_whole(program: Program, failed: Sequence[Trial], candidates: Candidates) -> bool:
    """What is wrong without any cut must be foretold to the octet: other reasons than framing are many."""
    uncut = filter(_is_uncut, failed)
    return all(agrees(candidates.shown_in(program, trial), trial.evidence) for trial in uncut)


def _is_uncut(trial: Trial) -> bool:
    """Whether everything was as it should be: messages that are allowed, each of them whole."""
    return trial.fault == "whole" and trial.conversation.kind is not Kind.MALFORMED


def _unexplained(failed: Sequence[Trial]) -> Diagnosis:
    """No mistake predicts it: where nothing was cut, framing is not what is wrong."""
    is_wrong_anyway = any(_is_uncut(trial) and trial.verdict.replies is not None for trial in failed)
    return Diagnosis(
        code=WRONG_REPLY if is_wrong_anyway else UNEXPLAINED,
        certainty="unexplained",
        explains=tuple(failed),
        of=len(failed),
        likeness=0,
    )


def _deviates(program: Program, trial: Trial, candidates: Candidates) -> bool:
    conforming = candidates.shown_in(candidates.conforming, trial)
    return shown_effect(candidates.shown_in(program, trial), conforming) != NO_EFFECT


def _likeness(
    program: Program, failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates, *, at_least: float
) -> float:
    """From 0 to 1: of the trials in which one of the two fails, in how many both do, and how alike.

    Where it would be less than `at_least`, it is 0.
    """
    alike = 0.0
    for trial in failed:
        conforming = candidates.shown_in(candidates.conforming, trial)
        foretold = shown_effect(candidates.shown_in(program, trial), conforming)
        if foretold != NO_EFFECT:
            alike += likeness(foretold, observed_effect(trial.evidence, conforming))
    if alike < at_least * len(failed):
        return 0.0
    return alike / (len(failed) + sum(_deviates(program, trial, candidates) for trial in passed))
