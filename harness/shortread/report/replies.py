"""Expected and observed replies side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from shortread.report.printable import elide

_MOST_ROWS = 8
_NARROWEST = 12
_NOTHING = "(nothing)"


def compare(expected: Sequence[str], observed: Sequence[str], width: int) -> list[Text]:
    """One row for each reply in at most `width` columns, a differing one marked with `≠`.

    The rows around the first difference are shown, and how many there are besides.
    """
    pairs = list(zip_longest(expected, observed))
    if not pairs:
        return [Text("none expected, none observed", style="dim")]
    first = next((at for at, (left, right) in enumerate(pairs) if left != right), 0)
    begin = max(0, min(first - 2, len(pairs) - _MOST_ROWS)) if len(pairs) > _MOST_ROWS + 1 else 0
    shown = list(enumerate(pairs, 1))[begin : begin + _MOST_ROWS + (begin == 0)]
    number_width = len(f"{shown[-1][0]}")
    column = _column_width([text for _, pair in shown for text in pair if text is not None], width - number_width - 4)
    rows = [Text(" " * (number_width + 1) + f"{'expected':{column}}   observed", style="dim")]
    rows += _skipped(begin, "earlier")
    for number, pair in shown:
        rows += _rows(f"{number:{number_width}} ", pair, column)
    return rows + _skipped(len(pairs) - begin - len(shown), "later")


def _column_width(texts: Sequence[str], room: int) -> int:
    most = max(_NARROWEST, room // 2)
    needed = max((cell_len(elide(text, most)) for text in texts), default=0)
    return max(_NARROWEST, min(needed, most))


def _rows(number: str, pair: tuple[str | None, str | None], column: int) -> Iterator[Text]:
    expected, observed = pair
    is_equal = expected == observed
    row = Text(number, style="dim", no_wrap=True)
    row.append(set_cell_size(_cell(expected, column), column), "not dim" if is_equal else "not dim green")
    row.append("   " if is_equal else " ≠ ", "not dim bold red")
    row.append(_cell(observed, column), "not dim" if is_equal else "not dim red")
    row.rstrip()
    yield row
    if expected is not None and observed is not None and max(len(expected), len(observed)) > column:
        yield from _difference(expected, observed, " " * len(number))


def _difference(expected: str, observed: str, margin: str) -> Iterator[Text]:
    if expected == observed:
        return
    shorter = min(len(expected), len(observed))
    at = next((at for at in range(shorter) if expected[at] != observed[at]), shorter)
    sizes = f"{len(expected):,} expected, {len(observed):,} observed"
    yield Text(f"{margin}from character {at + 1:,} on; {sizes}", style="dim", no_wrap=True)


def _cell(text: str | None, column: int) -> str:
    return _NOTHING if text is None else elide(text, column)


def _skipped(count: int, which: str) -> list[Text]:
    return [Text(f"… {count:,} {which}", style="dim")] if count > 0 else []
