"""Expected and observed replies side by side, as the terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from shortread.report.printable import elide
from shortread.report.replies import Reply, compare

_MOST_ROWS = 8
_NARROWEST = 12
_NOTHING = "(nothing)"


def render_replies(expected: Sequence[str], observed: Sequence[str], width: int) -> list[Text]:
    """One row for each reply in at most `width` columns, a differing one marked with `≠`.

    The rows around the first difference are shown, and how many there are besides.
    """
    replies = compare(expected, observed, _MOST_ROWS)
    if not replies.rows:
        return [Text("none expected, none observed", style="dim")]
    number_width = len(f"{replies.rows[-1].number}")
    column = _column_width(replies.rows, width - number_width - 4)
    rows = [Text(" " * (number_width + 1) + f"{'expected':{column}}   observed", style="dim")]
    rows += _skipped(replies.earlier, "earlier")
    for reply in replies.rows:
        rows += _rows(reply.elided(column), number_width, column)
    return rows + _skipped(replies.later, "later")


def _column_width(replies: Sequence[Reply], room: int) -> int:
    most = max(_NARROWEST, room // 2)
    texts = (text for reply in replies for text in (reply.expected, reply.observed) if text is not None)
    return max(_NARROWEST, min(most, max((cell_len(elide(text, most)) for text in texts), default=0)))


def _rows(reply: Reply, number_width: int, column: int) -> Iterator[Text]:
    row = Text(f"{reply.number:{number_width}} ", style="dim", no_wrap=True)
    row.append(set_cell_size(_cell(reply.expected), column), "not dim" if reply.is_equal else "not dim green")
    row.append("   " if reply.is_equal else " ≠ ", "not dim bold red")
    row.append(_cell(reply.observed), "not dim" if reply.is_equal else "not dim red")
    row.rstrip()
    yield row
    if reply.remark:
        yield Text(f"{' ' * number_width} {reply.remark}", style="dim", no_wrap=True)


def _cell(text: str | None) -> str:
    return _NOTHING if text is None else text


def _skipped(count: int, which: str) -> list[Text]:
    return [Text(f"… {count:,} {which}", style="dim")] if count else []
