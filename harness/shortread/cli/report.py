"""shortread report: reports from stored results."""

from __future__ import annotations

from pathlib import Path

import click

from shortread.cli.arguments import report_option, write_reports
from shortread.errors import UsageError
from shortread.report import from_json, to_text


@click.command()
@click.argument("results_file", metavar="RESULTS", type=click.Path(path_type=Path))
@report_option
def report(results_file: Path, reports: tuple[tuple[str, Path], ...]) -> int:
    """Make reports from results that `shortread check --report json=FILE` stored; without --report, show them.

    \b
    Example:
      shortread report reports/latest/results.json --report junit=junit.xml
    """
    results = from_json(_read(results_file), file=str(results_file))
    if reports:
        write_reports(results, reports)
    else:
        click.echo(to_text(results), nl=False)
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError.single(
            where=str(path),
            expected="a results file that can be read",
            found=getattr(error, "strerror", None) or "octets that are no UTF-8",
            remedy="give a file that `shortread check --report json=FILE` wrote",
        ) from error
