"""The page as a whole: templates, style and script put together, and the policy of what the page may load."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shortread.report.html.explanation import inline
from shortread.report.html.matrix import LEGEND, matrix_of
from shortread.report.html.run import run_views
from shortread.report.outcome import SIGNS, Outcome, outcome_of
from shortread.report.printable import elide, visible
from shortread.report.text import render_summary
from shortread.results import Results

_HERE = Path(__file__).parent


def to_html(results: Results) -> str:
    """One file that loads nothing: style and script are in it, and its content-security policy allows no other.

    The same results give the same text. What implementations and specs say is made visible and escaped.
    """
    style, script = _text("page.css"), _text("page.js")
    matrix = matrix_of(results)
    outcomes = Counter(map(outcome_of, results.runs))
    return _ENVIRONMENT.get_template("page.html.j2").render(
        results=results,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        summary=render_summary(results).plain,
        counts=[(outcomes[outcome], outcome, *SIGNS[outcome]) for outcome in Outcome if outcomes[outcome]],
        matrix=matrix,
        legend=LEGEND,
        runs=tuple(run_views(results, matrix)),
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _finalize(value: object) -> object:
    """Every value that a template gives out goes through here: strangers' text is made visible, then escaped."""
    return value if isinstance(value, Markup) else visible(str(value))


def _thousands(count: int) -> str:
    return f"{count:,}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"elide": elide, "inline": inline, "thousands": _thousands}
    return environment


_ENVIRONMENT = _environment()
