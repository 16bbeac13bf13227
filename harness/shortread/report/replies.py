"""Expected and observed replies held against each other: which are shown, and what is said of long ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from shortread.report.printable import elide

_ROWS_BEFORE = 2
"""Equal replies that are shown before the first difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One row. `expected` or `observed` is None where there was none; `remark` says where two texts differ."""

    number: int
    expected: str | None
    observed: str | None
    is_equal: bool
    remark: str

    def elided(self, columns: int) -> Reply:
        """With visible texts of at most so many columns, and with the remark only where they do not show all."""
        is_long = max(len(self.expected or ""), len(self.observed or "")) > columns
        return replace(
            self,
            expected=None if self.expected is None else elide(self.expected, columns),
            observed=None if self.observed is None else elide(self.observed, columns),
            remark=self.remark if is_long else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """The rows around the first difference, and how many there are besides."""

    rows: tuple[Reply, ...]
    earlier: int
    later: int


def compare(expected: Sequence[str], observed: Sequence[str], most_rows: int) -> Replies:
    """Hold the replies against each other by their places.

    Shown are `most_rows`, and one more where they begin with the first: no line has to say what stood before it.
    """
    pairs = list(zip_longest(expected, observed))
    first = next((at for at, (left, right) in enumerate(pairs) if left != right), 0)
    begin = max(0, min(first - _ROWS_BEFORE, len(pairs) - most_rows)) if len(pairs) > most_rows + 1 else 0
    end = begin + most_rows + (begin == 0)
    rows = tuple(_rows(pairs[begin:end], begin))
    return Replies(rows=rows, earlier=begin, later=len(pairs) - begin - len(rows))


def _rows(pairs: Sequence[tuple[str | None, str | None]], begin: int) -> Iterator[Reply]:
    for number, (expected, observed) in enumerate(pairs, begin + 1):
        yield Reply(
            number=number,
            expected=expected,
            observed=observed,
            is_equal=expected == observed,
            remark=_difference(expected, observed),
        )


def _difference(expected: str | None, observed: str | None) -> str:
    if expected is None or observed is None or expected == observed:
        return ""
    shorter = min(len(expected), len(observed))
    at = next((at for at in range(shorter) if expected[at] != observed[at]), shorter)
    return f"from character {at + 1:,} on; {len(expected):,} expected, {len(observed):,} observed"
