"""One row of a drawing, and the rulers that are drawn into rows: lines with edges and names between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rich.text import Text

from shortread.report.columns import Line


class Row:
    """Columns to write into, each with a style; every character must be one column wide."""

    def __init__(self, width: int) -> None:
        self._columns: list[tuple[str, str]] = [(" ", "")] * width

    def put(self, column: int, text: str, style: str = "") -> None:
        """Write over what is there, from `column` on; what does not fit is dropped."""
        for at, character in enumerate(text[: max(0, len(self._columns) - column)], column):
            self._columns[at] = (character, style)

    def text(self) -> Text:
        """The row without blanks at its end."""
        row = Text(no_wrap=True)
        for style, group in groupby(self._columns, key=lambda column: column[1]):
            row.append("".join(character for character, _ in group), style)
        row.rstrip()
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """How a ruler looks: the characters at its edges (first, inner, last), where it goes on, and between."""

    first: str
    inner: str
    last: str
    on: str
    between: str
    style: str


FRAMES = Ruler(first="┌", inner="┬", last="┐", on="┄", between="─", style="blue")
FIELDS = Ruler(first="│", inner="│", last="│", on=" ", between=" ", style="blue")
SEGMENTS = Ruler(first="└", inner="┴", last="┘", on="┄", between="─", style="cyan")

Names = Callable[[int, int], Sequence[str]]
"""What may stand between two edges (stream offsets), longest first; the first that fits does."""


def draw_ruler(ruler: Ruler, line: Line, edges: Iterable[int], names: Names) -> Row:
    """The part of the ruler that lies over `line`; edges that are elided are left out."""
    row = Row(line.width)
    ordered = sorted(set(edges))
    columns = line.columns()
    seen = [edge for edge in ordered if edge in columns]
    stops = sorted({*seen, *(end for end in (line.start, line.end) if ordered[0] < end < ordered[-1])})
    for start, end in pairwise(stops):
        left, room = columns[start] + 1, columns[end] - columns[start] - 1
        row.put(left, ruler.between * room, ruler.style)
        row.put(left, *_named(names(start, end), room, ruler))
    for stop in stops:
        row.put(columns[stop], _stop(ruler, stop, ordered, line), ruler.style)
    return row


def _named(names: Sequence[str], room: int, ruler: Ruler) -> tuple[str, str]:
    dressed = [] if ruler.between == " " else [f"{ruler.between} {name} " for name in names]
    return next((text for text in (*dressed, *names) if len(text) <= room), ""), ruler.style


def _stop(ruler: Ruler, stop: int, edges: Sequence[int], line: Line) -> str:
    if stop not in edges:
        return ruler.on
    if stop in (edges[0], line.start):
        return ruler.first
    return ruler.last if stop in (edges[-1], line.end) else ruler.inner
