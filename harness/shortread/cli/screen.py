"""What a check shows while it runs: progress on a terminal, and a line or a page for each run that is finished."""

from __future__ import annotations

import sys
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from shortread.report import outcome_of, render_run, render_run_line, render_summary
from shortread.results import Event, Results, RunFinished, RunStarted, TrialsFinished

_WIDEST_COLUMNS = 100


class Screen:
    """Standard output for results, standard error for progress; use as a context manager around the events."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._output = Console(highlight=False, soft_wrap=True)
        self._width = min(self._output.width, _WIDEST_COLUMNS) if sys.stdout.isatty() else _WIDEST_COLUMNS
        self._progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}"),
            console=Console(stderr=True),
            transient=True,
            disable=not (sys.stdout.isatty() and sys.stderr.isatty()),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, event: Event) -> None:
        """Show one event of a check."""
        match event:
            case RunStarted():
                self._task = self._progress.add_task(event.implementation.name, total=event.planned, failed="")
            case TrialsFinished():
                failed = f"{event.failed} failed" if event.failed else ""
                self._progress.update(self._task, completed=event.finished, failed=failed)
            case RunFinished():
                self._finish_run(event)

    def finish(self, results: Results) -> None:
        """Show what all runs came to."""
        self._output.print(render_summary(results))

    def _finish_run(self, event: RunFinished) -> None:
        for task in self._progress.task_ids:
            self._progress.remove_task(task)
        if self._is_quiet and outcome_of(event.run).is_settled:
            self._output.print(render_run_line(event.run))
            return
        self._output.print(render_run(event.run, width=self._width))
        if event.run.findings:
            self._output.print()
