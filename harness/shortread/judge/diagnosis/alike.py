"""What is probable where no program shows just the same, or that nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shortread.catalogue.program import Program
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.endings import named_by_ending
from shortread.judge.diagnosis.features import is_uncut, named_by_feature
from shortread.judge.diagnosis.found import UNEXPLAINED, WRONG_REPLY, Diagnosis
from shortread.judge.diagnosis.places import named_by_place
from shortread.judge.diagnosis.resemblance import Kin, kins
from shortread.results import Trial

_MOSTLY = 0.5
"""So much of everything that fails has to be explained by what is only alike."""
_PROBABLE = 0.45
"""How alike the failures must be at least for a name with the word *probably*."""


def most_alike(
    failed: Sequence[Trial], passed: Sequence[Trial], feature: Diagnosis | None, candidates: Candidates
) -> Diagnosis:
    """What resembles the failures most, where no program shows just the same."""
    if named_by_ending(failed) is not None:
        return _unexplained(failed)
    if feature is not None and feature.likeness >= _MOSTLY:
        return feature
    probable = _probable(failed, passed, candidates)
    if probable.certainty != "unexplained":
        return probable
    return feature or probable


def by_feature(failed: Sequence[Trial], passed: Sequence[Trial], candidates: Candidates) -> Diagnosis | None:
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


def by_place(failed: Sequence[Trial], passed: Sequence[Trial], every: Iterable[Trial]) -> Diagnosis | None:
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
