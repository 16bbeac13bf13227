"""shortread spec decode: octets -> messages."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click

from shortread.cli.spec.arguments import codec_for, name_argument, side_option
from shortread.errors import UsageError
from shortread.stream import Frame
from shortread.value import Value, describe


@click.command()
@name_argument
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--hex", "hexadecimal", metavar="TEXT", help="The octets in hexadecimal, instead of a file.")
@side_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def decode(name: str, file: str, hexadecimal: str | None, side: Literal["client", "server"], *, as_json: bool) -> int:
    """Parse octets and print their messages, or the error code with its offset.

    Exits with 0 for a stream that ends between two frames, and with 1 otherwise.

    \b
    Example:
      shortread spec decode netstring --hex 353a68656c6c6f2c
    """
    codec = codec_for(name, side)
    frames, violation = codec.parse(_octets(file, hexadecimal))
    error = None
    if violation is not None:
        error = {"code": violation.code.value, "offset": violation.offset, "detail": violation.detail}
    if as_json:
        click.echo(json.dumps({"messages": _json_messages(frames), "error": error}, ensure_ascii=False))
    else:
        offset = 0
        for frame in frames:
            click.echo(f"{offset:>8}  {describe(frame.message)}")
            offset += len(frame.wire)
        if violation is not None:
            detail = f" ({violation.detail})" if violation.detail else ""
            click.echo(f"{violation.offset:>8}  {violation.code}{detail}")
    return 0 if violation is None else 1


def _json_messages(frames: tuple[Frame, ...]) -> list[Any]:
    return [_json_value(frame.message) for frame in frames]


def _json_value(value: Value) -> Any:
    """JSON has no octets: those that are text are text, others an object `{"hex": …}`."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"hex": value.hex()}
    if isinstance(value, Mapping):
        return {name: _json_value(part) for name, part in value.items()}
    return [_json_value(part) for part in value] if isinstance(value, tuple) else value


def _octets(file: str, hexadecimal: str | None) -> bytes:
    if hexadecimal is not None:
        try:
            return bytes.fromhex(hexadecimal)
        except ValueError as error:
            raise UsageError.single(
                where="--hex", expected="octets in hexadecimal", found=repr(hexadecimal), remedy="two digits for each"
            ) from error
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError.single(
            where=file, expected="a file to read", found=error.strerror or str(error), remedy="name another, or -"
        ) from error
