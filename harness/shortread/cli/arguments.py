"""Arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import click

from shortread.cli.named import Named
from shortread.cli.targets import LOOPBACK
from shortread.errors import Problem, UsageError
from shortread.evidence import Proof
from shortread.implementations.isolation import LEVELS
from shortread.implementations.manifest import End, Style
from shortread.judge.verdict import PROVEN
from shortread.report import REPORTS
from shortread.results import Results
from shortread.spec.yaml12 import did_you_mean


class CommandBehindDashes(click.Command):
    """A command that takes everything behind `--` as the program to run, in the parameter `command`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Cut the arguments at the first `--`."""
        own, program = args, []
        if "--" in args:
            at = args.index("--")
            own, program = args[:at], args[at + 1 :]
        rest = super().parse_args(ctx, own)
        ctx.params["command"] = tuple(program)
        return rest


def _parse_reports(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    """Split each FORMAT=FILE, and refuse a format that there is not."""
    return tuple(map(_parse_report, values))


def _parse_report(value: str) -> tuple[str, Path]:
    kind, equals, file = value.partition("=")
    if kind not in REPORTS or not equals or not file:
        raise UsageError.single(
            where="--report",
            expected=f"FORMAT=FILE with one of the formats {', '.join(REPORTS)}",
            found=repr(value),
            remedy=did_you_mean(kind, REPORTS) or "write for example: --report json=results.json",
        )
    return kind, Path(file)


report_option = click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=_parse_reports,
    help="Write a report: " + ", ".join(f"{kind}=FILE" for kind in REPORTS) + ". May be given several times.",
)


_NAMING_OPTIONS = (
    click.option("--spec", metavar="SPEC", help="A spec's name or a YAML file; needed with a COMMAND."),
    click.option(
        "--role",
        type=click.Choice(["server", "client"]),
        default="server",
        show_default=True,
        help="A client's COMMAND connects to {host} and {port}.",
    ),
    click.option(
        "--transcript",
        metavar="FORM",
        help="A COMMAND that prints what it understood: lines, json-lines, or a regular expression.",
    ),
    click.option("--function", metavar="FILE:NAME", help="A function that is given a connected socket."),
    click.option(
        "--style",
        type=click.Choice(get_args(Style)),
        default="one-message",
        show_default=True,
        help="How the function is called.",
    ),
    click.option(
        "--end",
        type=click.Choice(get_args(End)),
        default="raises",
        show_default=True,
        help="How the function tells the end of the stream.",
    ),
    click.option("--connect", metavar="HOST:PORT", help="A server that runs already; nothing else of it is seen."),
)
_NAMES = tuple(field.name for field in fields(Named))

_DELIVERY_OPTIONS = (
    click.option("--seed", default=0, show_default=True, help="Decides what is chosen by chance."),
    click.option("--host", default=LOOPBACK, show_default=True, metavar="ADDRESS", help="Becomes {host}: ::1 is IPv6."),
    click.option(
        "--gate",
        type=click.Choice(["kernel", "timed"]),
        default="kernel",
        show_default=True,
        help="How it is known that a segment was read: the kernel is asked, or a time passes, which proves nothing.",
    ),
    click.option("--accept-assumed", is_flag=True, help="Let a time that passed count as proof."),
)


def naming_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options that name implementations beside the argument `targets`; the command gets them as one, `named`."""

    @wraps(command)
    def with_named(**parameters: Any) -> int:
        named = Named(**{name: parameters.pop(name) for name in _NAMES})
        return command(named=named, **parameters)

    wrapped: Callable[..., int] = with_named
    for option in reversed(_NAMING_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


_ISOLATION_OPTIONS = (
    click.option(
        "--isolation",
        type=click.Choice(list(LEVELS)),
        default="none",
        show_default=True,
        help="How far the programs are kept from this machine; the strongest comes first.",
    ),
    click.option(
        "--require-isolation",
        type=click.Choice(list(LEVELS)),
        help="Refuse to run anything with less than this level.",
    ),
)


def isolation_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options of commands that run programs which nobody may trust."""
    for option in reversed(_ISOLATION_OPTIONS):
        command = option(command)
    return command


def delivery_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options of commands that deliver something."""
    for option in reversed(_DELIVERY_OPTIONS):
        command = option(command)
    return command


def accepted_proofs(*, accept_assumed: bool) -> frozenset[Proof]:
    """What counts as proof that a segment was read apart from the next."""
    return PROVEN | {Proof.ASSUMED} if accept_assumed else PROVEN


def write_reports(results: Results, requests: Sequence[tuple[str, Path]]) -> None:
    """Write every requested report that can be written; folders are made. Raises UsageError for the others."""
    problems = [problem for kind, path in requests if (problem := _write(REPORTS[kind](results), kind, path))]
    if problems:
        raise UsageError(problems)


def _write(text: str, kind: str, path: Path) -> Problem | None:
    try:
        if not path.parent.exists():  # else an existing file in its place would be told as "File exists"
            path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        return Problem(
            where=str(path),
            expected=f"a place to write the {kind} report to",
            found=error.strerror or str(error),
            remedy="choose another file",
        )
    return None
