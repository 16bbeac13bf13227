"""Implementations × faults: how many trials of each failed, with a sign, so that it reads without colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

from shortread.faults.table import FAULTS
from shortread.results import FamilyCounts, Results, Run

_COUNTS = tuple(field.name for field in fields(FamilyCounts) if field.name not in ("conversation", "fault"))
_ORDER = {fault: at for at, fault in enumerate(FAULTS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One implementation under one fault: `state` chooses the colour, `words` are what is read aloud."""

    state: str
    sign: str
    counts: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The columns, and a row of cells for each run, in the order of the results."""

    faults: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


LEGEND: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "some failed": ("✗", "fail"),
        "none failed": ("✓", "pass"),
        "some inconclusive": ("?", "doubt"),
        "not run": ("–", "none"),
        "does not apply": ("·", "none"),
    }
)
"""What the trials of a cell came to, as the legend says it: the sign, and the state that chooses its colour."""

_NOT_PLANNED = Cell(state="none", sign="", counts="", words="not planned")
_NOT_APPLICABLE = Cell(state="none", sign=LEGEND["does not apply"][0], counts="", words="does not apply")


def matrix_of(results: Results) -> Matrix:
    """The matrix; a fault that nothing was planned for has no column. Faults stand in the order they are tried in."""
    sums = [_sums(run.by) for run in results.runs]
    faults = sorted({fault for each in sums for fault in each}, key=_place)
    rows = (tuple(_cell(run, each, fault) for fault in faults) for run, each in zip(results.runs, sums, strict=True))
    return Matrix(faults=tuple(faults), rows=tuple(rows))


def _place(fault: str) -> tuple[int, str]:
    return _ORDER.get(fault, len(_ORDER)), fault


def _sums(families: Sequence[FamilyCounts]) -> dict[str, dict[str, int]]:
    sums: dict[str, dict[str, int]] = {}
    for family in families:
        counts = sums.setdefault(family.fault, dict.fromkeys(_COUNTS, 0))
        for name in _COUNTS:
            counts[name] += getattr(family, name)
    return sums


def _cell(run: Run, sums: Mapping[str, Mapping[str, int]], fault: str) -> Cell:
    if fault not in sums:
        return _NOT_APPLICABLE if fault in run.not_applicable else _NOT_PLANNED
    counts = sums[fault]
    sign, state = LEGEND[_came_to(counts)]
    shown = f"{counts['failed']:,}/{counts['run']:,}" if counts["run"] else ""
    return Cell(state=state, sign=sign, counts=shown, words=_words(counts))


def _came_to(counts: Mapping[str, int]) -> str:
    if counts["failed"]:
        return "some failed"
    if counts["inconclusive"]:
        return "some inconclusive"
    return "none failed" if counts["run"] else "not run"


def _words(counts: Mapping[str, int]) -> str:
    words = [f"{counts['failed']:,} of {counts['run']:,} trials failed"] if counts["run"] else []
    words += [f"{counts['inconclusive']:,} inconclusive"] if counts["inconclusive"] else []
    words += [f"{counts['not_run']:,} not run"] if counts["not_run"] else []
    return ", ".join(words)
