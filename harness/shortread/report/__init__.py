"""Results -> reports: pure functions from a document to a text.

text.py         what the terminal shows: a line for each run, findings, the sum
finding.py      one finding: delivery.py -> drawing.py, cuts.py; replies.py -> reply_table.py
drawing.py      segments against frames: places.py -> columns.py -> rulers.py, with labels.py and octets.py
json_report.py  the results file, both ways
junit.py        JUnit XML
html/           one page that needs nothing else
outcome.py      what a run comes to, and its sign; so with reason.py, endings.py, command.py, amounts.py: the same
                in every report
printable.py    text that strangers wrote, made safe and short
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from shortread.report.finding import render_finding
from shortread.report.html import to_html
from shortread.report.json_report import from_json, to_json
from shortread.report.junit import to_junit
from shortread.report.outcome import Outcome, outcome_of
from shortread.report.text import render_run, render_run_line, render_summary, to_text
from shortread.results import Results

REPORTS: Mapping[str, Callable[[Results], str]] = MappingProxyType(
    {
        "html": to_html,
        "json": to_json,
        "junit": to_junit,
        "text": to_text,
    }
)
"""The formats of `--report FORMAT=FILE`."""

__all__ = [
    "REPORTS",
    "Outcome",
    "from_json",
    "outcome_of",
    "render_finding",
    "render_run",
    "render_run_line",
    "render_summary",
    "to_html",
    "to_json",
    "to_junit",
    "to_text",
]
