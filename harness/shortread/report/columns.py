"""Which octets a drawing shows, how many columns each gets, and where the drawing's lines break.

Every octet has a column of its own on its left, where an edge can be drawn; the rulers of frames and segments
use the same columns, so an edge of one stands exactly below the edge of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shortread.report.places import Place

_WHOLE_OCTETS = 48
"""A stream up to here is shown whole."""
_REACHES = ((8, 4), (6, 3), (5, 2), (4, 2), (4, 1), (3, 1))
"""Octets shown on either side of a cut, and of another edge: the first that fits into one line."""
_REACH_OF_SEVERAL_LINES = (5, 2)
_SHORTEST_ELISION = 12
"""A shorter gap is shown: the words that replace it would take as much room."""
_MOST_POINTS = 16
_WIDEST_LABEL = 10
_UNEVEN = 12
"""So much longer than the average a line may be, so that it can break before a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One octet, or several that are elided, in `width` columns."""

    start: int
    end: int
    width: int

    @property
    def is_elided(self) -> bool:
        """Whether it stands for octets that are not shown."""
        return self.end - self.start > 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a drawing: consecutive cells, with one column before, between and after them."""

    cells: tuple[Cell, ...]

    @property
    def start(self) -> int:
        """The stream offset where it begins."""
        return self.cells[0].start

    @property
    def end(self) -> int:
        """The stream offset where it ends (exclusive)."""
        return self.cells[-1].end

    @property
    def width(self) -> int:
        """Its columns."""
        return 1 + sum(cell.width + 1 for cell in self.cells)

    def columns(self) -> dict[int, int]:
        """For each stream offset between two cells (and at both ends), its column."""
        columns, column = {self.start: 0}, 0
        for cell in self.cells:
            column += cell.width + 1
            columns[cell.end] = column
        return columns


Measure = Callable[[int, int], int]
"""The columns that the octets from an offset to another need: one octet, or several that are elided."""


def lay_out(total: int, cuts: Sequence[int], fields: Sequence[Place], measure: Measure, width: int) -> list[Line]:
    """Lines of at most `width` columns for `total` octets.

    A long stream loses the octets far from every cut, from both ends and from the edges of the fields
    concerned; of very many cuts the first and the last ones count.
    """
    if total <= _WHOLE_OCTETS:
        return _break_lines(_widen(_cells(total, [(0, total)], measure), fields), width, fields)
    for reach in _REACHES:
        cells = _widen(_cells(total, _focus(total, _outermost(cuts), fields, reach), measure), fields)
        if Line(tuple(cells)).width <= width:
            return [Line(tuple(cells))]
    shown = _focus(total, _outermost(cuts), fields, _REACH_OF_SEVERAL_LINES)
    return _break_lines(_widen(_cells(total, shown, measure), fields), width, fields)


def _focus(total: int, cuts: Sequence[int], fields: Sequence[Place], reach: tuple[int, int]) -> list[tuple[int, int]]:
    concerned = [field for field in fields if any(field.start <= cut <= field.end for cut in cuts)]
    concerned += [field for field in fields if field.frame in (1, fields[-1].frame)]
    edges = sorted({edge for field in concerned for edge in (field.start, field.end)})
    points = sorted({(0, reach[1]), (total, reach[1]), *((cut, reach[0]) for cut in cuts)})
    points += ((edge, reach[1]) for edge in _outermost(edges))
    return _merge(sorted((max(0, point - reach), min(total, point + reach)) for point, reach in points))


def _cells(total: int, shown: Iterable[tuple[int, int]], measure: Measure) -> list[Cell]:
    cells, offset = [], 0
    for start, end in [*shown, (total, total)]:
        if start > offset:
            cells.append(Cell(start=offset, end=start, width=measure(offset, start)))
        cells += [Cell(start=at, end=at + 1, width=measure(at, at + 1)) for at in range(start, end)]
        offset = end
    return cells


def _widen(cells: Sequence[Cell], fields: Sequence[Place]) -> list[Cell]:
    # the last cell of a field gets what the field's label needs besides
    widened = list(cells)
    for field in fields:
        inside = [at for at, cell in enumerate(cells) if field.start <= cell.start and cell.end <= field.end]
        if inside:
            have = sum(cells[at].width + 1 for at in inside) - 1
            missing = max(0, min(len(field.label), _WIDEST_LABEL) - have)
            widened[inside[-1]] = replace(cells[inside[-1]], width=cells[inside[-1]].width + missing)
    return widened


def _break_lines(cells: Sequence[Cell], width: int, fields: Sequence[Place]) -> list[Line]:
    lines = list(_fill(cells, width, fields))
    even = -(-sum(line.width for line in lines) // len(lines)) + _UNEVEN
    evener = list(_fill(cells, min(even, width), fields))
    return evener if len(evener) == len(lines) else lines


def _fill(cells: Sequence[Cell], width: int, fields: Sequence[Place]) -> Iterator[Line]:
    starts = {field.start for field in fields}
    line: list[Cell] = []
    for cell in cells:
        if line and Line((*line, cell)).width > width:
            kept = _best_break([*line, cell], starts)
            yield Line(tuple(line[:kept]))
            line = line[kept:]
        line.append(cell)
    if line:
        yield Line(tuple(line))


def _best_break(cells: Sequence[Cell], starts: set[int]) -> int:
    last = len(cells) - 1
    return next((at for at in range(last, last // 2, -1) if cells[at].start in starts), last)


def _outermost(points: Sequence[int]) -> Sequence[int]:
    half = _MOST_POINTS // 2
    return points if len(points) <= _MOST_POINTS else [*points[:half], *points[-half:]]


def _merge(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start - merged[-1][1] < _SHORTEST_ELISION:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
