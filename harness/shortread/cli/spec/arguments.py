"""Arguments that the commands about specs share."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.spec.library import find_spec

name_argument = click.argument("name", metavar="SPEC")
side_option = click.option(
    "--side",
    type=click.Choice(["client", "server"]),
    default="client",
    show_default=True,
    help="Who speaks, where the two sides differ.",
)


def codec_for(name: str, side: Literal["client", "server"] = "client") -> FrameCodec:
    """The codec for a spec's name or file. Raises UsageError."""
    codec = load_codec(find_spec(name, folder=Path.cwd()))
    return codec if side == "client" else FrameCodec(codec.spec, side)
