"""What a check shows while it runs: progress on a terminal, and a line or a page for each run that is finished."""

from __future__ import annotations

import os
import sys
from typing import Literal, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from shortread.report import outcome_of, render_run, render_run_line, render_summary
from shortread.report.printable import visible
from shortread.results import Event, Results, RunFinished, RunStarted, TrialsFinished

_WIDEST_COLUMNS = 100


class Screen:
    """Standard output for results, standard error for progress; use as a context manager around the events."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        # Rich takes NO_COLOR literally, and would still print in bold.
        color_system: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
        self._output = Console(highlight=False, soft_wrap=True, color_system=color_system)
        self._width = min(self._output.width, _WIDEST_COLUMNS) if sys.stdout.isatty() else _WIDEST_COLUMNS
        self._progress = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}"),
            console=Console(stderr=True, color_system=color_system),
            transient=True,
            disable=not (sys.stdout.isatty() and sys.stderr.isatty()),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, event: Event) -> None:
        """Show one event of a check."""
        match event:
            case RunStarted():
                self._progress.start()
                self._task = self._progress.add_task(visible(event.implementation.name), total=event.planned, failed="")
            case TrialsFinished():
                failed = f"{event.failed} failed" if event.failed else ""
                self._progress.update(self._task, completed=event.finished, failed=failed)
            case RunFinished():
                self._finish_run(event)

    def finish(self, results: Results) -> None:
        """Show what all runs came to."""
        self._output.print(render_summary(results))

    def _finish_run(self, event: RunFinished) -> None:
        # What is printed below a bar that is still there would stand behind it in its line.
        self._progress.stop()
        for task in self._progress.task_ids:
            self._progress.remove_task(task)
        if self._is_quiet and outcome_of(event.run).is_settled:
            self._output.print(render_run_line(event.run))
            return
        self._output.print(render_run(event.run, width=self._width))
        if event.run.findings:
            self._output.print()
