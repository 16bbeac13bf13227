"""shortread init: write the manifest of an implementation."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from shortread.cli.arguments import CommandBehindDashes
from shortread.cli.exit_status import ExitStatus
from shortread.errors import UsageError
from shortread.implementations import MANIFEST_NAME, load_manifest
from shortread.implementations.manifest import transcript_keys
from shortread.spec.library import find_spec

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*", re.ASCII)
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_EXAMPLES: Mapping[str, str] = {
    "server": 'python3 server.py "{port}"',
    "client": 'python3 client.py "{host}" "{port}"',
    "function": "homework.py:receive",
}


@click.command(cls=CommandBehindDashes)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--name", help="Its name for people.  [default: that of the folder]")
@click.option("--spec", metavar="SPEC", help="A spec's name, or a YAML file.")
@click.option("--role", type=click.Choice(list(_EXAMPLES)), help="What it is.")
@click.option("--function", metavar="FILE:NAME", help="The function, where it is one.")
@click.option("--transcript", metavar="FORM", help="How it prints what it understood: lines, json-lines, a regex.")
@click.option("--force", is_flag=True, help="Write over a manifest that is there.")
def init(
    folder: Path,
    name: str | None,
    spec: str | None,
    role: str | None,
    function: str | None,
    transcript: str | None,
    command: tuple[str, ...],
    *,
    force: bool,
) -> int:
    """Write implementation.yaml into FOLDER. What is not told is asked for, where somebody sits at a terminal.

    \b
    Examples:
      shortread init --spec netstring -- python3 server.py {port}
      shortread init homework --spec text-u16 --function homework.py:receive
    """
    path = folder / MANIFEST_NAME
    if path.exists() and not force:
        raise UsageError.single(
            where=str(path), expected="no manifest yet", found="one", remedy="edit it, or write over it with --force"
        )
    if function is not None and (command or role not in (None, "function")):
        raise UsageError.single(
            where="the command line",
            expected="a function or a command",
            found="--function and " + ("a command" if command else f"--role {role}"),
            remedy="leave one of them out",
        )
    role = role or ("function" if function else None) or ("server" if command else None) or _asked("role", "server")
    keys: dict[str, object] = {
        "name": name or folder.resolve().name,
        "spec": _spec_from(folder, spec or _asked("spec", "netstring")),
        "role": role,
    }
    if role == "function":
        keys["function"] = {"receive": function or _asked("function", _EXAMPLES[role])}
    else:
        keys["command"] = list(command) or _words(_asked("command", _EXAMPLES[role]))
    if transcript is not None:
        keys |= transcript_keys(transcript)
    _write(path, keys)
    click.echo(f"wrote {path}\ncheck it with: shortread check {shlex.quote(str(folder))}")
    return ExitStatus.CONFORMS


def _asked(what: str, example: str) -> str:
    """The answer of whoever sits at the terminal. Raises UsageError where nobody does."""
    if sys.stdin.isatty():
        return str(click.prompt(what, default=example))
    option = "-- COMMAND …" if what == "command" else f"--{what}"
    raise UsageError.single(
        where="the command line", expected=option, found="nobody to ask", remedy=f"write for example: {example}"
    )


def _words(text: str) -> list[str]:
    """A command as a shell would read it. Raises UsageError."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError.single(
            where="command", expected="words, with quotes closed", found=f"{text} ({error})", remedy="close the quotes"
        ) from error


def _spec_from(folder: Path, spec: str) -> str:
    """The spec as the manifest names it: a path is relative to its folder. Raises UsageError when there is none."""
    path = find_spec(spec, folder=Path.cwd())
    if "/" not in spec and not spec.endswith((".yaml", ".yml")):
        return spec
    return os.path.relpath(path, folder)


def _write(path: Path, keys: Mapping[str, object]) -> None:
    """Write the manifest, if it is one that can be loaded and the folder takes it. Raises UsageError."""
    text = "\n".join(["shortread: implementation/1", *(f"{key}: {_yaml(value)}" for key, value in keys.items())])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else None
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError.single(
            where=str(path),
            expected="a folder to write to",
            found=error.strerror or str(error),
            remedy="choose another folder",
        ) from error
    try:
        load_manifest(path)
    except UsageError:
        path.unlink() if before is None else path.write_bytes(before)
        raise


def _yaml(value: object) -> str:
    """A value as YAML on one line, with quotes only where it needs them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    is_plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)
