"""Scores as Markdown: what each part comes to, each mistake by itself, and their place in a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shortread.catalogue.table import CATALOGUE
from shortread.selftest.bounds import BOUNDS, Part
from shortread.selftest.score import Scored, Totals, by_code, totals_of

BEGIN = "<!-- generated: from here on, by `shortread selftest --write` -->"
END = "<!-- generated: up to here -->"

_HEAD = (
    "mistake",
    "programs",
    "found",
    "first",
    "among two",
    "exact",
    "probable",
    "unexplained",
    "wrong exact",
    "trials",
    "seconds",
)


def summary(parts: Mapping[Part, Sequence[Scored]]) -> str:
    """What each part comes to, and what it has to come to."""
    rows = [row for part, scores in parts.items() for row in _figures(part, scores)]
    return _table(("of", "figure", "is", "has to be", ""), rows, right_from=2)


def _figures(part: Part, scores: Sequence[Scored]) -> Iterator[tuple[str, ...]]:
    """A row for each bound; the first says what it is about."""
    totals = totals_of(scores)
    title = f"{len(scores)} {part}, {len({one.spec for one in scores})} specs"
    for bound in BOUNDS[part]:
        yield title, bound.figure, _percent(bound.share(totals)), bound.words, "✓" if bound.is_kept(totals) else "✗"
        title = ""


def _percent(share: float | None) -> str:
    return "nothing ran" if share is None else f"{100 * share:.1f} %"


def by_mistake(scores: Iterable[Scored]) -> str:
    """A row for each mistake, and one for all of them."""
    each = tuple(scores)
    rows = [
        _row(f"{code} {CATALOGUE[code].name}" if code in CATALOGUE else code, totals_of(group))
        for code, group in by_code(each).items()
    ]
    return _table(_HEAD, [*rows, _row("all", totals_of(each))], right_from=1)


def _row(name: str, totals: Totals) -> tuple[str, ...]:
    counts = (
        totals.programs,
        totals.found,
        totals.named_first,
        totals.named,
        totals.exact,
        totals.probable,
        totals.unexplained,
        totals.wrong_exact,
    )
    seconds = "" if totals.seconds is None else f"{totals.seconds:.1f}"
    return (name, *map(str, counts), f"{totals.trials:g}", seconds)


def section(parts: Mapping[Part, Sequence[Scored]]) -> str:
    """What all parts come to, and each mistake of each of them."""
    tables = [f"Of {part}:\n\n{by_mistake(scores)}" for part, scores in parts.items() if scores]
    return "\n".join([summary(parts), *tables])


def folded_section(parts: Mapping[Part, Sequence[Scored]]) -> str:
    """The same for a document, of which a reader sees what all parts come to, and the rest when it is asked for."""
    tables = [
        f"<details>\n<summary>Of {part}, by mistake</summary>\n\n{by_mistake(scores)}\n</details>\n"
        for part, scores in parts.items()
        if scores
    ]
    return "\n".join([summary(parts), *tables])


def has_place(document: str) -> bool:
    """Whether a document has the marks between which the tables stand."""
    _, begin, rest = document.partition(BEGIN)
    return bool(begin) and END in rest


def written_into(document: str, generated: str) -> str:
    """The document, which has a place for it, with what stands there made anew."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{generated}\n{END}{after}"


def named_otherwise(scores: Iterable[Scored]) -> Iterator[str]:
    """A line for each program that was not named rightly first: what it is, and what it was taken for."""
    for one in scores:
        if not one.is_named_first:
            names = " ".join((*one.best[:2], *one.further)) or "nothing"
            yield f"{'/'.join(one.codes)} → {names}  {one.program}, {one.spec}: {one.remark}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right_from: int) -> str:
    """A table that is read as well without being rendered; from one column on, numbers."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if at >= right_from else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = "|".join(
        f"{'-' * (width + 1)}:" if at >= right_from else "-" * (width + 2) for at, width in enumerate(widths)
    )
    return "\n".join([line(head), f"|{rule}|", *map(line, rows), ""])
