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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shortread.catalogue.axes import Reading
from shortread.catalogue.program import Program, both
from shortread.evidence import Ending
from shortread.judge.diagnosis.agreement import agrees
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.features import is_uncut, named_by_feature
from shortread.judge.diagnosis.places import named_by_place
from shortread.judge.diagnosis.resemblance import Kin, deviates, kins
from shortread.judge.diagnosis.sampling import is_certain, is_soon_foreseen, longest_comparable_bytes, sample
from shortread.results import Status, Symptom, Trial
from shortread.schedule import Close, Reset
from shortread.stream import Kind

WRONG_REPLY, UNEXPLAINED = "SR001", "SR003"
_MOST_FAILED = 24
_MOST_PASSED = 24
_MOST_MISTAKES = 3
_TRUNCATED, _OF_PIECES = "SR301", "SR1"
_MOST_FIRSTS = 8
"""So many mistakes are thought of together with each other; fewer trials are enough to choose them."""
_FEW_FAILED = 10
_MOST_PROGRAMS = 4
"""So many of those that are left are asked whether they explain a trial that was not compared."""
_MOSTLY = 0.5
"""So much of everything that fails has to be explained by what is only alike."""
_PROBABLE = 0.45
"""How alike the failures must be at least for a name with the word *probably*."""
_FEWEST_OF_MOST = 3
"""So many have to be explained to the octet, where others are left over that nothing explains."""
_FEWEST_FOR_ONE_OF_SEVERAL = 2
"""A single trial may be explained by chance."""

Certainty: TypeAlias = Literal["exact", "probable", "unexplained"]


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One mistake. `explains` are the trials that it explains, of those that were compared.

    `also` are the codes of other mistakes whose programs explain the same: no trial here tells them apart.
    `programs` are the candidates of `code` that are left, the first of them the simplest, and `rivals` the first
    candidate of each code in `also`: where `differences` finds a delivery between them, running it decides.
    `likeness` is 1 where it is exact. What is wrong with whole messages explains all trials of `conversations`.
    """

    code: str
    certainty: Certainty
    explains: tuple[Trial, ...]
    of: int
    also: tuple[str, ...] = ()
    programs: tuple[Program, ...] = ()
    rivals: tuple[Program, ...] = ()
    likeness: float = 1.0
    conversations: frozenset[str] = frozenset()


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
    decisive = tuple(filter(is_certain, decisive))
    wrong, right = _compared(failed, passed)
    wrong += tuple(trial for trial in decisive if trial.verdict.status is Status.FAIL)
    right += tuple(trial for trial in decisive if trial.verdict.status is Status.PASS)
    # What a conforming program may show as well tells nothing apart.
    wrong = tuple(trial for trial in wrong if not _is_conforming(trial, candidates))
    if not wrong or not candidates.programs:
        return ()
    feature = _by_feature(failed, passed, candidates)
    possible = [program for program in candidates.programs if _contradicts_no(right, program, candidates)]
    explained = [(program, _explained(wrong, program, candidates)) for program in possible]
    complete = [program for program, numbers in explained if len(numbers) == len(wrong)]
    if complete:
        by_themselves = [program for program in complete if program.code == _by_themselves(wrong)]
        in_order = sorted(complete, key=lambda program: feature is None or program.code != feature.code)
        return (_exact(by_themselves or in_order, wrong, len(wrong)),)
    several = _together(wrong, right, candidates) or _several(explained, wrong, candidates)
    if several:
        return several
    if only_exact:
        return _mostly(explained, wrong)
    found = _alike(wrong, right, feature, candidates)
    if found.certainty == "unexplained" and _by_themselves(wrong) is None:
        return (_by_place(wrong, right, failed) or found,)
    return (found,)


def _mostly(explained: Sequence[tuple[Program, frozenset[int]]], failed: Sequence[Trial]) -> tuple[Diagnosis, ...]:
    """The mistake that explains most of what fails to the octet, where that is more than chance."""
    most = max((len(numbers) for _, numbers in explained), default=0)
    if most < max(_FEWEST_OF_MOST, _MOSTLY * len(failed)):
        return ()
    best = [(program, numbers) for program, numbers in explained if len(numbers) == most]
    _, gone = best[0]
    programs = [program for program, numbers in best if numbers == gone]
    return (_exact(programs, [failed[number] for number in sorted(gone)], len(failed)),)


def _is_conforming(trial: Trial, candidates: Candidates) -> bool:
    return candidates.is_foretold and shows(candidates, candidates.conforming, trial)


def _alike(
    failed: Sequence[Trial], passed: Sequence[Trial], feature: Diagnosis | None, candidates: Candidates
) -> Diagnosis:
    """What resembles the failures most, where no program shows just the same."""
    if _by_themselves(failed) is not None:
        return _unexplained(failed)
    if feature is not None and feature.likeness >= _MOSTLY:
        return feature
    probable = _probable(failed, passed, candidates)
    if probable.certainty != "unexplained":
        return probable
    return feature or probable


_NEVER_ENDS = frozenset({Symptom.SPIN, Symptom.NEVER_CLOSED})
_ENDINGS: Mapping[Symptom, str] = {
    Symptom.SPIN: "SR302",
    Symptom.NEVER_CLOSED: "SR303",
    Symptom.DIED: "SR305",
    Symptom.DEAD_AFTERWARDS: "SR305",
}
"""What endings mean that are wrong by themselves."""


def _by_themselves(failed: Sequence[Trial]) -> str | None:
    """The code of what is wrong where nothing but the ends are."""
    if not all(map(_shows_itself, failed)):
        return None
    (first, *_) = failed
    return _ENDINGS[first.verdict.ending.symptom] if first.verdict.ending and first.verdict.ending.symptom else None


def _shows_itself(trial: Trial) -> bool:
    """Whether only the end is wrong, and not because of the way in which a stream was cut."""
    replies, ending = trial.verdict.replies, trial.verdict.ending
    if replies is not None or ending is None:
        return False
    return ending.symptom in _ENDINGS and (ending.symptom in _NEVER_ENDS or ends_service(trial))


def ends_service(trial: Trial) -> bool:
    """Whether an end of the service would be the work of a client that broke off, broke the rules, or was done."""
    evidence, stream = trial.evidence, trial.conversation.stream
    is_finished = trial.schedule.segments and trial.schedule.segments[-1].end == len(stream.wire)
    ends = (isinstance(action, Close | Reset) for action in trial.schedule.actions)
    is_bad_client = not is_finished or any(ends) or trial.conversation.kind is Kind.MALFORMED
    was_served = evidence.sent_bytes == len(stream.wire)
    return is_bad_client or was_served or evidence.ending is Ending.REFUSED


def _by_feature(failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates) -> Diagnosis | None:
    """What becomes of whole messages, long ones too, where that is what a mistake makes of them."""
    named = named_by_feature(failed, passed, candidates)
    if named is None:
        return None
    code, also = named
    conversations = frozenset(trial.conversation.name for trial in failed if is_uncut(trial))
    explained = tuple(trial for trial in failed if trial.conversation.name in conversations)
    return Diagnosis(
        code=code,
        certainty="probable",
        explains=explained,
        of=len(failed),
        also=also,
        conversations=conversations,
        likeness=len(explained) / len(failed),
    )


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
        return any(_shows_on_all(program, trial, candidates) for program in found.programs[:_MOST_PROGRAMS])
    return any(deviates(program, trial, candidates) for program in found.programs)


def shows(candidates: Candidates, program: Program, trial: Trial) -> bool:
    """Whether what was seen on the first connection of a trial is what a program would have shown."""
    return agrees(candidates.shown_in(program, trial), trial.evidence)


def goes_wrong(candidates: Candidates, found: Diagnosis, trial: Trial) -> bool:
    """Whether a mistake that was found would have shown on the first connection of a trial."""
    return any(deviates(program, trial, candidates) for program in found.programs[:_MOST_PROGRAMS])


def _shows_on_all(program: Program, trial: Trial, candidates: Candidates) -> bool:
    evidence = trial.evidence
    return all(
        one.given_up or agrees(candidates.shown(program, trial.conversation, trial.schedule, connection), one)
        for connection, one in zip(trial.schedule.connections, (evidence, *evidence.others), strict=False)
    )


def _compared(failed: Sequence[Trial], passed: Sequence[Trial]) -> tuple[tuple[Trial, ...], tuple[Trial, ...]]:
    longest_bytes = longest_comparable_bytes(failed)
    wrong = sample(failed, most=_MOST_FAILED, longest_bytes=longest_bytes)
    return wrong, sample(passed, most=_MOST_PASSED, longest_bytes=longest_bytes)


def _contradicts_no(passed: Sequence[Trial], program: Program, candidates: Candidates) -> bool:
    return all(shows(candidates, program, trial) for trial in passed)


def _explained(failed: Sequence[Trial], program: Program, candidates: Candidates) -> frozenset[int]:
    """The numbers of the trials in which the program would have shown just that."""
    return frozenset(number for number, trial in enumerate(failed) if shows(candidates, program, trial))


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
        left = frozenset(number for number in left if not _go_wrong_together(found, failed[number], candidates))
    return tuple(found) if not left and len(found) > 1 else ()


def _together(failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates) -> tuple[Diagnosis, ...]:
    """Two mistakes of which one disturbs what the other shows: a program that makes both shows just what was seen.

    What passes says nothing about one of them alone, because the other may hide it.
    """
    for first, numbers in _most_telling(failed, candidates):
        left = [trial for number, trial in enumerate(failed) if number not in numbers]
        every = (*left, *passed, *(failed[number] for number in sorted(numbers)))
        pairs: dict[str, Program] = {}
        for code, pair in _pairs_with(first, candidates):
            if code not in pairs and all(shows(candidates, pair, trial) for trial in every):
                pairs[code] = pair
        if pairs:
            alone = [failed[number] for number in sorted(numbers)]
            return _exact([first], alone, len(failed)), _with_another(pairs, left, len(failed))
    return ()


def _most_telling(failed: Sequence[Trial], candidates: Candidates) -> Sequence[tuple[Program, frozenset[int]]]:
    """Of each mistake the program that explains most by itself, in each way of reading; what explains most first."""
    best: dict[tuple[str | None, Reading], tuple[Program, frozenset[int]]] = {}
    for program in candidates.programs:
        way, numbers = (program.code, program.axes.reading), _explained(failed[:_FEW_FAILED], program, candidates)
        if len(numbers) >= _FEWEST_FOR_ONE_OF_SEVERAL and len(numbers) > len(best.get(way, (program, ()))[1]):
            best[way] = program, numbers
    most = sorted(best.values(), key=lambda one: -len(one[1]))[:_MOST_FIRSTS]
    return [(program, _explained(failed, program, candidates)) for program, _ in most]


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
    kinds = {code[: len("SR1")] for code in codes}
    return len(kinds) == len(codes) and not (_TRUNCATED in codes and _OF_PIECES in kinds)


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


def _by_place(failed: Sequence[Trial], passed: Sequence[Trial], every: Iterable[Trial]) -> Diagnosis | None:
    """Where streams were cut that fail, and nowhere else; what else fails in the same conversations goes with them."""
    named = named_by_place(failed, passed)
    if named is None:
        return None
    code, also = named
    return Diagnosis(
        code=code,
        certainty="probable",
        explains=tuple(failed),
        of=len(failed),
        also=also,
        conversations=frozenset(trial.conversation.name for trial in every),
        likeness=_PROBABLE,
    )


def _probable(failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates) -> Diagnosis:
    """The mistake of which programs fail in the same trials; the first where two are as good."""
    best: Kin | None = None
    best_likeness = 0.0
    rivals: dict[str, Program] = {}
    for kin in kins(candidates.programs):
        how_alike = kin.resemblance(failed, passed, candidates, at_least=max(best_likeness, _PROBABLE))
        if how_alike > best_likeness:
            best, best_likeness, rivals = kin, how_alike, {}
        elif best is not None and how_alike == best_likeness and kin.code != best.code:
            rivals.setdefault(kin.code, kin.programs[0])
    explained = tuple(trial for trial in failed if best is not None and best.deviates(trial, candidates))
    if best is None or best_likeness < _PROBABLE or len(explained) < _MOSTLY * len(failed):
        return _unexplained(failed)
    return Diagnosis(
        code=best.code,
        certainty="probable",
        explains=explained,
        of=len(failed),
        also=tuple(rivals),
        programs=best.programs,
        rivals=tuple(rivals.values()),
        likeness=best_likeness,
    )


def _unexplained(failed: Sequence[Trial]) -> Diagnosis:
    """No mistake predicts it: where nothing was cut, framing is not what is wrong."""
    is_wrong_anyway = any(is_uncut(trial) and trial.verdict.replies is not None for trial in failed)
    return Diagnosis(
        code=WRONG_REPLY if is_wrong_anyway else UNEXPLAINED,
        certainty="unexplained",
        explains=tuple(failed),
        of=len(failed),
        likeness=0,
    )
