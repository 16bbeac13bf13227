"""Results as the terminal shows them: one line for each run, then each finding, then the sum of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from shortread.report.amounts import amount
from shortread.report.finding import render_finding
from shortread.report.outcome import SIGNS, Outcome, expectation_of, outcome_of
from shortread.report.printable import visible, visible_prefix
from shortread.report.printed import printed
from shortread.report.reason import shorten_reason
from shortread.results import Results, Run, TrialCounts

STYLES: Mapping[str, str] = {
    "pass": "bold green",
    "fail": "bold red",
    "doubt": "bold yellow",
    "error": "bold magenta",
}
"""How each state of `SIGNS` is shown."""
_WIDEST_NAME = 40
_WIDEST_HEADING = 120


def render_run_line(run: Run, *, name_width: int = 0, spec_width: int = 0) -> Text:
    """One line about one run. Given the widths of the widest name and spec, several stand in columns."""
    outcome = outcome_of(run)
    sign, state = SIGNS[outcome]
    style = STYLES[state]
    line = Text(no_wrap=True)
    line.append(f"{sign} ", style)
    line.append(_padded(run.implementation.name, name_width), "bold")
    line.append(f"   {_padded(run.spec, spec_width)}", "dim")
    if run.trials.run:
        line.append(f"   {_counts(run.trials) if name_width else _counts_in_words(run.trials)}")
        line.append(f"   {run.trials.seconds:{6 if name_width else 0},.1f} s", "dim")
    line.append(f"   {_remark(run, outcome)}", style)
    line.rstrip()
    return line


def render_run(run: Run, *, width: int = 100) -> Group:
    """The line about the run, the reason where it did not come to a verdict, and every finding.

    Print with `soft_wrap=True`. Nothing in it can steer the terminal.
    """
    parts: list[Text | Group] = [render_run_line(run), *_reason(run)]
    for finding in run.findings:
        parts += [Text(), render_finding(finding, width=width)]
    return Group(*parts)


def render_summary(results: Results) -> Text:
    """How many runs came to what."""
    outcomes = Counter(map(outcome_of, results.runs))
    parts = [f"{outcomes[outcome]:,} {outcome}" for outcome in Outcome if outcomes[outcome]]
    return Text(f"{amount(len(results.runs), 'run')}: {', '.join(parts) or 'nothing was tested'}")


def to_text(results: Results, *, width: int = 100, color: bool = False) -> str:
    """What the terminal shows. Of several runs, those that conform are only a line."""
    return printed(_parts(results, width), width=width, color=color)


def _parts(results: Results, width: int) -> Iterator[Text | Group]:
    if len(results.runs) > 1:
        yield from _lines(results.runs)
        yield Text()
    for run in _with_something_to_show(results) if len(results.runs) > 1 else results.runs:
        yield render_run(run, width=width)
        yield Text()
    yield render_summary(results)


def _lines(runs: Sequence[Run]) -> Iterator[Text]:
    name_width = max(cell_len(_shortened(run.implementation.name, _WIDEST_NAME)) for run in runs)
    spec_width = max(cell_len(_shortened(run.spec, _WIDEST_NAME)) for run in runs)
    for run in runs:
        yield render_run_line(run, name_width=name_width, spec_width=spec_width)


def _with_something_to_show(results: Results) -> list[Run]:
    return [run for run in results.runs if run.findings or not outcome_of(run).is_settled]


def _padded(text: str, width: int) -> str:
    shown = _shortened(text, width or _WIDEST_HEADING)
    return shown + " " * (width - cell_len(shown))


def _shortened(text: str, width: int) -> str:
    shown = visible(text)
    return shown if cell_len(shown) <= width else f"{visible(visible_prefix(text, width - 1))}…"


def _counts(trials: TrialCounts) -> str:
    failed = f"{trials.failed:5,} failed" if trials.failed else ""
    return f"{trials.passed:5,} passed   {failed:12}"


def _counts_in_words(trials: TrialCounts) -> str:
    if trials.failed:
        return f"{trials.failed:,} of {trials.run:,} trials failed"
    return f"{trials.passed:,} of {trials.run:,} trials passed"


def _remark(run: Run, outcome: Outcome) -> str:
    if outcome is Outcome.UNMET:
        return visible(expectation_of(run))
    codes = visible(", ".join(finding.code for finding in run.findings))
    if outcome is Outcome.AS_EXPECTED:
        return f"{codes} as expected"
    if outcome in (Outcome.ERROR, Outcome.UNSUPPORTED):
        return str(outcome)
    left = [f"{run.trials.inconclusive:,} inconclusive"] if run.trials.inconclusive else []
    left += [f"{run.trials.not_run:,} not run"] if run.trials.not_run else []
    left += [f"gate {visible(run.gate)}"] if run.gate != "kernel" else []
    left += [f"isolation {visible(run.isolation)}"] if run.isolation != "none" else []
    left += [f"{visible(name)} {visible(policy)}" for name, policy in run.policies.items()]
    words = [] if outcome in (Outcome.CONFORMS, Outcome.FINDINGS) or left else [str(outcome)]
    return ", ".join([codes, *words, *left] if codes else [*words, *left])


def _reason(run: Run) -> Iterator[Text]:
    if outcome_of(run) in (Outcome.CONFORMS, Outcome.AS_EXPECTED, Outcome.FINDINGS):
        return
    reason = shorten_reason(run.reason)
    if reason is None:
        return
    yield Text(f"  {visible(reason.first)}", no_wrap=True)
    if reason.hidden:
        yield Text(f"  … {reason.hidden:,} lines before these", style="dim")
    for line in reason.last:
        yield Text(f"  {visible(line)}", no_wrap=True)
