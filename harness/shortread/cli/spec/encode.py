"""shortread spec encode: messages -> octets."""

from __future__ import annotations

from typing import Literal

import click

from shortread.cli.spec.arguments import codec_for, name_argument, side_option
from shortread.codec.parts.part import UnbuildableError
from shortread.errors import UsageError
from shortread.spec.yaml12 import load_document
from shortread.value import Value


@click.command()
@name_argument
@click.argument("messages", nargs=-1, required=True, metavar="MESSAGE…")
@side_option
@click.option("--raw", is_flag=True, help="Write the octets themselves instead of hexadecimal.")
def encode(name: str, messages: tuple[str, ...], side: Literal["client", "server"], *, raw: bool) -> int:
    """Build the frames of messages, which are written as in a spec: text, a tag such as !hex, or a mapping.

    \b
    Example:
      shortread spec encode netstring hello '!hex 00ff'
    """
    codec = codec_for(name, side)
    try:
        frames = codec.build_all([_message(text) for text in messages])
    except UnbuildableError as error:
        raise UsageError.single(
            where="the message",
            expected=f"{error.field} of {error.expected}",
            found=error.found,
            remedy=f"see shortread spec show {name}",
        ) from error
    for frame in frames:
        if raw:
            click.echo(frame.wire, nl=False)
        else:
            click.echo(frame.wire.hex())
    return 0


def _message(text: str) -> Value:
    if text[:1] not in ("!", "{", "["):
        return text
    value: Value = load_document(f"message: {text}", file="the message").data["message"]
    return value
