"""shortread spec draw: a frame as a diagram."""

from __future__ import annotations

from pathlib import Path

import click

from shortread.cli.spec.arguments import codec_for, name_argument
from shortread.errors import UsageError
from shortread.spec.diagram import to_svg, to_text


@click.command()
@name_argument
@click.option("--svg", "svg_file", type=click.Path(path_type=Path), help="Write the diagram to an SVG file.")
def draw(name: str, svg_file: Path | None) -> int:
    """Draw the fields of a frame.

    \b
    Example:
      shortread spec draw netstring
    """
    spec = codec_for(name).spec
    if svg_file is None:
        click.echo(to_text(spec), nl=False)
        return 0
    try:
        svg_file.write_text(to_svg(spec), encoding="utf-8")
    except OSError as error:
        raise UsageError.single(
            where=str(svg_file), expected="a file to write", found=error.strerror or str(error), remedy="name another"
        ) from error
    return 0
