"""The group of commands about specs."""

from __future__ import annotations

import click

from shortread.cli.spec.decode import decode
from shortread.cli.spec.draw import draw
from shortread.cli.spec.encode import encode
from shortread.cli.spec.lint import lint
from shortread.cli.spec.list import list_specs
from shortread.cli.spec.show import show


@click.group()
def spec() -> None:
    """Work with specs: what a protocol's frames look like.

    \b
    Example:
      shortread spec draw netstring
    """


for command in (list_specs, show, lint, decode, encode, draw):
    spec.add_command(command)
