"""shortread spec lint: what is wrong with specs, and what their messages leave out."""

from __future__ import annotations

from pathlib import Path

import click

from shortread.codec.loading import load
from shortread.codec.samples import advice
from shortread.errors import Problem, UsageError
from shortread.spec.library import find_spec


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="SPEC…")
def lint(targets: tuple[str, ...]) -> int:
    """Check specs: names, YAML files, or folders of them. Tells every problem with its place; silent when clean.

    Advice about messages that are missing is told too, and changes nothing about the exit status.

    \b
    Example:
      shortread spec lint specs/
    """
    problems: list[Problem] = []
    for path in (path for target in targets for path in _files(target)):
        try:
            codec, document = load(path)
        except UsageError as error:
            problems += error.problems
        else:
            for missing in advice(codec, document):
                click.echo(f"shortread: advice: {missing}", err=True)
    if problems:
        raise UsageError(problems)
    return 0


def _files(target: str) -> list[Path]:
    folder = Path(target)
    if folder.is_dir():
        files = sorted(folder.glob("*.yaml"))
        if not files:
            raise UsageError.single(
                where=target, expected="a folder with YAML files", found="none in it", remedy="name another folder"
            )
        return files
    return [find_spec(target, folder=Path.cwd())]
