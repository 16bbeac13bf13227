"""shortread spec show: a spec as it stands in its file, or with its short forms expanded."""

from __future__ import annotations

from pathlib import Path

import click

from shortread.cli.spec.arguments import name_argument
from shortread.spec.expansion import expanded
from shortread.spec.library import find_spec, load_spec


@click.command()
@name_argument
@click.option("--expanded", "is_expanded", is_flag=True, help="Print the fields that the short forms stand for.")
def show(name: str, *, is_expanded: bool) -> int:
    """Print a spec.

    \b
    Example:
      shortread spec show delimited-crlf --expanded
    """
    path = find_spec(name, folder=Path.cwd())
    spec, _ = load_spec(path)
    click.echo(expanded(spec) if is_expanded else path.read_text(encoding="utf-8"), nl=False)
    return 0
