"""Expected and observed replies as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shortread.report.printable import elide

_MOST_ROWS = 16
_LONGEST_REPLY = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One row. `expected` or `observed` is None where there was none; `remark` says more about long ones."""

    number: int
    expected: str | None
    observed: str | None
    is_equal: bool
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """The rows around the first difference, and how many there are besides."""

    rows: tuple[Reply, ...]
    earlier: int
    later: int


def replies_of(expected: Sequence[str], observed: Sequence[str]) -> Replies:
    """Hold the replies against each other by their places."""
    pairs = list(zip_longest(expected, observed))
    first = next((at for at, (left, right) in enumerate(pairs) if left != right), 0)
    begin = max(0, min(first - 2, len(pairs) - _MOST_ROWS))
    rows = tuple(_rows(pairs[begin : begin + _MOST_ROWS], begin))
    return Replies(rows=rows, earlier=begin, later=len(pairs) - begin - len(rows))


def _rows(pairs: Sequence[tuple[str | None, str | None]], begin: int) -> Iterator[Reply]:
    for number, (expected, observed) in enumerate(pairs, begin + 1):
        yield Reply(
            number=number,
            expected=None if expected is None else elide(expected, _LONGEST_REPLY),
            observed=None if observed is None else elide(observed, _LONGEST_REPLY),
            is_equal=expected == observed,
            remark=_difference(expected, observed),
        )


def _difference(expected: str | None, observed: str | None) -> str:
    if expected is None or observed is None or expected == observed:
        return ""
    if max(len(expected), len(observed)) <= _LONGEST_REPLY:
        return ""
    shorter = min(len(expected), len(observed))
    at = next((at for at in range(shorter) if expected[at] != observed[at]), shorter)
    return f"from character {at + 1:,} on; {len(expected):,} expected, {len(observed):,} observed"
