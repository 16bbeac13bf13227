"""One finding as the terminal shows it: what is wrong, the smallest trial, and how to see it again."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from rich.console import Group
from rich.text import Text

from shortread.report.amounts import amount
from shortread.report.command import command_of
from shortread.report.cuts import describe
from shortread.report.delivery import delivery_of
from shortread.report.drawing import draw
from shortread.report.endings import ENDED
from shortread.report.printable import elide, visible
from shortread.report.reply_table import render_replies
from shortread.results import Finding, FindingEvidence

_INDENT = "  "
_MARGIN = 10
_LONGEST_PROSE = 1_000
_NO_BREAK = "\0"


def render_finding(finding: Finding, *, width: int = 100) -> Group:
    """Lines of at most `width` columns, but for the command: it stays on one line, so that it can be copied.

    Print with `soft_wrap=True`. Nothing in it can steer the terminal.
    """
    body = width - len(_INDENT) - _MARGIN
    return Group(
        _title(finding),
        *_paragraph(finding.summary, width - len(_INDENT)),
        Text(),
        *_labelled(_scope(finding, body)),
        Text(),
        *_labelled(_trial(finding.evidence, body)),
        Text(),
        *_labelled([("again", Text(command_of(finding), style="bold", no_wrap=True))]),
    )


def _title(finding: Finding) -> Text:
    style = "bold yellow" if finding.certainty == "probable" else "bold red"
    title = Text(_INDENT, no_wrap=True)
    title.append("probably " if finding.certainty == "probable" else "", style)
    title.append(f"{visible(finding.code)} ", style)
    title.append(visible(finding.name), "bold")
    if finding.also:
        title.append(f", or {visible(', '.join(finding.also))}", "dim")
    return title


def _paragraph(text: str, width: int) -> Iterator[Text]:
    for line in _wrapped(text, width):
        yield Text(_INDENT, no_wrap=True).append_text(line)


def _scope(finding: Finding, width: int) -> Iterator[tuple[str, Text]]:
    yield "explains", Text(f"{finding.explains:,} of {amount(finding.of, 'failing trial')}")
    families = (f"{visible(fault)} {failed:,} of {run:,}" for fault, (failed, run) in finding.families.items())
    unbroken = " · ".join(family.replace(" ", _NO_BREAK) for family in families)
    for at, line in enumerate(textwrap.wrap(unbroken, width, break_on_hyphens=False)):
        yield "" if at else "faults", Text(line.replace(_NO_BREAK, " "))


def _trial(evidence: FindingEvidence, width: int) -> Iterator[tuple[str, Text]]:
    delivery = delivery_of(evidence)
    yield from draw(delivery, width)
    for word, sentences in describe(delivery):
        yield from _beside(word, (line for sentence in sentences for line in _wrapped(sentence, width)))
    yield "", Text()
    yield from _beside("replies", render_replies(evidence.expected, evidence.observed, width))
    yield from _beside("ended", _wrapped(ENDED.get(evidence.ended, evidence.ended), width))


def _wrapped(text: str, width: int) -> Iterator[Text]:
    lines = textwrap.wrap(elide(text, _LONGEST_PROSE), width, break_on_hyphens=False)
    yield from map(Text, lines)


def _beside(word: str, lines: Iterable[Text]) -> Iterator[tuple[str, Text]]:
    for at, line in enumerate(lines):
        yield "" if at else word, line


def _labelled(rows: Iterable[tuple[str, Text]]) -> Iterator[Text]:
    for label, row in rows:
        line = Text(no_wrap=True)
        line.append(f"{_INDENT}{label:{_MARGIN}}", "dim")
        line.append_text(row)
        line.rstrip()
        yield line
