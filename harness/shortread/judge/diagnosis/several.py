"""Several mistakes in one program: peeled off one after the other, or as a program that makes two at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shortread.catalogue.axes import Reading
from shortread.catalogue.program import Program, both
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.found import Diagnosis, exactly
from shortread.results import Trial

_MOST_MISTAKES = 3
_FEWEST_FOR_ONE_OF_SEVERAL = 2
"""A single trial may be explained by chance; of a pair, with which everything agrees, the second may have only one."""
_MOST_FIRSTS = 8
"""So many mistakes are thought of together with each other."""
_FEW_FAILED = 10
"""So many trials are enough to choose those."""
_KIND = len("SR1")
_OF_PIECES, _TRUNCATED_AT_END = "SR1", "SR301"


def together(failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates) -> tuple[Diagnosis, ...]:
    """Two mistakes of which one disturbs what the other shows: a program that makes both shows just what was seen.

    What passes says nothing about one of them alone, because the other may hide it.
    """
    for first, numbers in _most_telling(failed, candidates):
        if len(numbers) == len(failed):
            continue
        alone = [failed[number] for number in sorted(numbers)]
        left = [trial for number, trial in enumerate(failed) if number not in numbers]
        every = (*left, *passed, *alone)
        pairs: dict[str, Program] = {}
        for code, pair in _pairs_with(first, candidates):
            if code not in pairs and all(candidates.shows(pair, trial) for trial in every):
                pairs[code] = pair
        if pairs:
            return exactly([first], alone, len(failed)), _with_another(pairs, left, len(failed))
    return ()


def peeled(
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
        found.append(exactly(programs, [failed[number] for number in sorted(gone)], len(failed)))
        left -= gone
        left = frozenset(number for number in left if not _go_wrong_together(found, failed[number], candidates))
    return tuple(found) if not left and len(found) > 1 else ()


def _most_telling(failed: Sequence[Trial], candidates: Candidates) -> Sequence[tuple[Program, frozenset[int]]]:
    """Of each mistake the program that explains most by itself, in each way of reading; what explains most first."""
    best: dict[tuple[str | None, Reading], tuple[Program, frozenset[int]]] = {}
    for program in candidates.programs:
        way, numbers = (program.code, program.axes.reading), candidates.explained_by(program, failed[:_FEW_FAILED])
        if len(numbers) >= _FEWEST_FOR_ONE_OF_SEVERAL and len(numbers) > len(best.get(way, (program, ()))[1]):
            best[way] = program, numbers
    most = sorted(best.values(), key=lambda one: -len(one[1]))[:_MOST_FIRSTS]
    return [(program, candidates.explained_by(program, failed)) for program, _ in most]


def _pairs_with(first: Program, candidates: Candidates) -> Iterator[tuple[str, Program]]:
    """The code of each mistake that may stand beside another, with the programs that make both."""
    for other in candidates.programs:
        if other.code is not None and first.code is not None and _are_independent(first.code, other.code):
            pairs = (both(first, other), both(other, first))
            yield from ((other.code, pair) for pair in pairs if pair is not None)


def _are_independent(*codes: str) -> bool:
    """Whether two mistakes are made in two places: those of one kind seldom are, and their first digit is the kind.

    Whoever takes the piece of a message that has come for the whole does so at the end of the stream as well.
    """
    kinds = {code[:_KIND] for code in codes}
    return len(kinds) == len(codes) and not (_TRUNCATED_AT_END in codes and _OF_PIECES in kinds)


def _with_another(pairs: Mapping[str, Program], left: Sequence[Trial], of: int) -> Diagnosis:
    """What explains the rest, beside a mistake that was found; others that do, too, are rivals."""
    (code, *also), (program, *rivals) = pairs, pairs.values()
    return Diagnosis(
        code=code,
        certainty="exact",
        explains=tuple(left),
        of=of,
        also=tuple(also),
        programs=(program,),
        rivals=tuple(rivals),
    )


def _go_wrong_together(found: Sequence[Diagnosis], trial: Trial, candidates: Candidates) -> bool:
    """Whether at least two of the mistakes show in one trial, so that neither shows as it would alone."""
    conforming = candidates.shown_in(candidates.conforming, trial)
    wrong = [one for one in found if candidates.shown_in(one.programs[0], trial) != conforming]
    return len(wrong) > 1
