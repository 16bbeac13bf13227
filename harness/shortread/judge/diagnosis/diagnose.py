"""Failed and passed trials -> the mistakes that explain them.

1. Exact: a program would have shown just that, in every failed trial and in every one that passed.
2. Several: a program would that makes two mistakes at once. Or one explains some failures to the octet and contradicts
   no pass, and what is left over is explained next; where both go wrong, how they do so together is not foretold then.
3. Probable: no program shows just that, but what becomes of whole messages is what a mistake makes of them, or the
   programs of one mistake fail in the same trials, in a similar way.
4. Unexplained: wrong in any case, where the whole conversation fails as well, or dependent on the delivery. That is
   also said where nothing but the end of the connection is wrong, which speaks for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shortread.catalogue.program import Program
from shortread.evidence import Ending
from shortread.judge.diagnosis.alike import by_feature, by_place, most_alike
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.endings import named_by_ending
from shortread.judge.diagnosis.found import Diagnosis, exactly
from shortread.judge.diagnosis.resemblance import deviates
from shortread.judge.diagnosis.sampling import is_certain, is_soon_foreseen, longest_comparable_bytes, sample
from shortread.judge.diagnosis.several import peeled, together
from shortread.results import Status, Trial

_MOST_FAILED = 24
_MOST_PASSED = 24
_MOST_PROGRAMS = 4
"""So many of those that are left are asked whether they explain a trial that was not compared."""
_MOSTLY = 0.5
_FEWEST_OF_MOST = 3
"""So many have to be explained to the octet, and most of all, where others are left over that nothing explains."""


def diagnose(
    candidates: Candidates,
    failed: Iterable[Trial],
    passed: Iterable[Trial],
    *,
    decisive: Sequence[Trial] = (),
    only_exact: bool = False,
) -> tuple[Diagnosis, ...]:
    """The mistakes that explain the failed trials, the one that explains most first; empty where none can be compared.

    Of many trials only some are compared; those that are `decisive` are compared wherever it is certain what was seen.
    `only_exact` leaves out what is probable or unexplained.
    Nothing is run, and nothing is decided by chance: the same trials give the same names.
    """
    failed, passed = tuple(failed), tuple(passed)
    wrong, right = _compared(failed, passed)
    further = [trial for trial in decisive if is_certain(trial) and trial not in (*wrong, *right)]
    wrong += tuple(trial for trial in further if trial.verdict.status is Status.FAIL)
    right += tuple(trial for trial in further if trial.verdict.status is Status.PASS)
    # What a conforming program may show as well tells nothing apart.
    wrong = tuple(trial for trial in wrong if not _is_conforming(trial, candidates))
    if not wrong or not candidates.programs:
        return ()
    feature = by_feature((*failed, *wrong), (*passed, *right), candidates)
    possible = [program for program in candidates.programs if all(candidates.shows(program, trial) for trial in right)]
    explained = [(program, candidates.explained_by(program, wrong)) for program in possible]
    complete = [program for program, numbers in explained if len(numbers) == len(wrong)]
    if complete:
        by_themselves = [program for program in complete if program.code == named_by_ending(wrong)]
        in_order = sorted(complete, key=lambda program: feature is None or program.code != feature.code)
        return (exactly(by_themselves or in_order, wrong, len(wrong)),)
    several = together(wrong, right, candidates) or peeled(explained, wrong, candidates)
    if several:
        return several
    if only_exact:
        return _mostly(explained, wrong)
    found = most_alike(wrong, right, feature, candidates)
    if found.certainty == "unexplained" and named_by_ending(wrong) is None:
        return (by_place(wrong, right, failed) or found,)
    return (found,)


def is_explained(candidates: Candidates, found: Diagnosis, trial: Trial) -> bool:
    """Whether a mistake that was found explains a failed trial, of those that were compared or any other.

    Exactly where a program shows just that on every connection, probably where it goes wrong there too. A connection
    that was not accepted any more is explained with the trial before it.
    """
    if trial.evidence.ending is Ending.REFUSED and trial.predecessor is not None:
        return is_explained(candidates, found, trial.predecessor)
    if trial.conversation.name in found.conversations:
        return True
    if not is_soon_foreseen(trial.schedule):
        return False
    if found.certainty == "exact":
        return any(candidates.shows_on_all(program, trial) for program in found.programs[:_MOST_PROGRAMS])
    return any(deviates(program, trial, candidates) for program in found.programs)


def goes_wrong(candidates: Candidates, found: Diagnosis, trial: Trial) -> bool:
    """Whether a mistake that was found would have shown on the first connection of a trial."""
    return any(deviates(program, trial, candidates) for program in found.programs[:_MOST_PROGRAMS])


def _mostly(explained: Sequence[tuple[Program, frozenset[int]]], failed: Sequence[Trial]) -> tuple[Diagnosis, ...]:
    """The mistake that explains most of what fails to the octet, where that is more than chance."""
    most = max((len(numbers) for _, numbers in explained), default=0)
    if most < max(_FEWEST_OF_MOST, _MOSTLY * len(failed)):
        return ()
    best = [(program, numbers) for program, numbers in explained if len(numbers) == most]
    _, gone = best[0]
    programs = [program for program, numbers in best if numbers == gone]
    return (exactly(programs, [failed[number] for number in sorted(gone)], len(failed)),)


def _is_conforming(trial: Trial, candidates: Candidates) -> bool:
    return candidates.is_foretold and candidates.shows(candidates.conforming, trial)


def _compared(failed: Sequence[Trial], passed: Sequence[Trial]) -> tuple[tuple[Trial, ...], tuple[Trial, ...]]:
    longest_bytes = longest_comparable_bytes(failed)
    wrong = sample(failed, most=_MOST_FAILED, longest_bytes=longest_bytes)
    return wrong, sample(passed, most=_MOST_PASSED, longest_bytes=longest_bytes)
