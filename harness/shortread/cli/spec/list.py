"""shortread spec list: the specs that ship."""

from __future__ import annotations

import json
from pathlib import Path

import click

from shortread.spec.library import find_spec, load_spec, spec_names


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects with name, title and reference.")
def list_specs(*, as_json: bool) -> int:
    """List the specs that ship.

    \b
    Example:
      shortread spec list
    """
    specs = [load_spec(find_spec(name, folder=Path.cwd()))[0] for name in spec_names()]
    if as_json:
        rows = [{"name": one.protocol, "title": one.title, "reference": one.reference} for one in specs]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    width = max(len(one.protocol) for one in specs)
    for one in specs:
        click.echo(f"{one.protocol:{width}}  {one.title}")
    return 0
