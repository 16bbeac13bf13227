"""What a diagnosis comes to: one mistake, how sure that is, and what it explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shortread.catalogue.program import Program
from shortread.results import Trial

WRONG_REPLY, UNEXPLAINED = "SR001", "SR003"

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


def exactly(programs: Sequence[Program], explained: Sequence[Trial], of: int) -> Diagnosis:
    """What all of the programs would have shown: the first code of the catalogue, and the others that are as good."""
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
