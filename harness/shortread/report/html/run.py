"""One run, as the templates need it: a row of the matrix, and a section of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shortread.report.html.facts import facts_of
from shortread.report.html.finding import FindingView, finding_view
from shortread.report.html.matrix import Cell, Matrix
from shortread.report.outcome import SIGNS, Outcome, expectation_of, outcome_of
from shortread.report.reason import ShortReason, shorten_reason
from shortread.results import Results, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run and what was made of it."""

    number: int
    run: Run
    outcome: Outcome
    sign: str
    state: str
    remark: str
    reason: ShortReason | None
    cells: tuple[Cell, ...]
    facts: tuple[tuple[str, str], ...]
    findings: tuple[FindingView, ...]


def run_views(results: Results, matrix: Matrix) -> Iterator[RunView]:
    """A view of each run. A code is explained where it is found first."""
    explained: set[str] = set()
    for number, (run, cells) in enumerate(zip(results.runs, matrix.rows, strict=True), 1):
        outcome = outcome_of(run)
        sign, state = SIGNS[outcome]
        yield RunView(
            number=number,
            run=run,
            outcome=outcome,
            sign=sign,
            state=state,
            remark=expectation_of(run) if outcome is Outcome.UNMET else "",
            reason=shorten_reason(run.reason),
            cells=cells,
            facts=tuple(facts_of(run)),
            findings=tuple(
                finding_view(finding, f"run-{number}-finding-{at}", explained)
                for at, finding in enumerate(run.findings, 1)
            ),
        )
