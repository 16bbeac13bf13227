"""implementation.yaml: how an implementation is built and started, and what it claims."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shortread.errors import UsageError
from shortread.implementations.placeholders import IN_BUILD, IN_COMMAND, misplaced
from shortread.judge.replies.transcript import GROUP_NAMES, Form
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_file, require_kind

MANIFEST_NAME = "implementation.yaml"

_KINDS_TO_COME = ("client",)
_DRIVER = Path(__file__).with_name("function_driver.py")


def _known_role(value: object) -> object:
    if value in _KINDS_TO_COME:
        raise PydanticCustomError(
            "role",
            "{expected}",
            {
                "expected": "the role server or function",
                "found": f"the role {value}",
                "remedy": "this version of shortread can test servers and functions",
            },
        )
    return value


def _placed(text: str, names: tuple[str, ...]) -> str:
    if problem := misplaced(text, names):
        expected = "one of the placeholders " + ", ".join(f"{{{name}}}" for name in names)
        raise PydanticCustomError(
            "placeholder",
            "{expected}",
            {"expected": expected, "found": problem.found, "remedy": problem.remedy},
        )
    return text


def _checked_pattern(text: str) -> str:
    expected = "a regular expression with a group " + ", ".join(f"(?P<{name}>…)" for name in GROUP_NAMES)
    try:
        groups = set(re.compile(text).groupindex)
    except re.error as error:
        found = str(error)
    else:
        if groups & set(GROUP_NAMES):
            return text
        found = "no such group"
    context = {"expected": expected, "found": found, "remedy": "for example: 'got (?P<text>.*)'"}
    raise PydanticCustomError("pattern", "{expected}", context)


CommandWord = Annotated[str, AfterValidator(lambda text: _placed(text, IN_COMMAND))]
BuildWord = Annotated[str, AfterValidator(lambda text: _placed(text, IN_BUILD))]
Command = Annotated[tuple[CommandWord, ...], Field(min_length=1)]
BuildCommand = Annotated[tuple[BuildWord, ...], Field(min_length=1)]
FunctionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[^=\x00]+$")]
Code = Annotated[str, StringConstraints(pattern=r"^SR\d{3}$")]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(min_length=1)]


class Part(BaseModel):
    """What every part of a manifest derives from: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Policy(Part):
    """What the implementation does by design, where a spec leaves it open."""

    max_message_bytes: Annotated[
        int | None, Field(ge=0, strict=True, description="the longest message that it accepts")
    ] = None


class Pattern(Part):
    """Messages among whatever else it prints."""

    pattern: Annotated[str, AfterValidator(_checked_pattern), Field(description="a regular expression with one group")]


class SendFunction(Part):
    """A function that sends a message."""

    call: Annotated[FunctionName, Field(description="MODULE:NAME")]
    arguments: Annotated[
        tuple[Literal["message", "socket"], ...], Field(min_length=2, max_length=2, description="their order")
    ] = ("message", "socket")


class Function(Part):
    """A Python function that reads messages from a connected socket."""

    receive: Annotated[FunctionName, Field(description="MODULE:NAME of a function, or of a class")]
    send: Annotated[
        SendFunction | None, Field(description="sends each message back; otherwise messages are written down")
    ] = None
    style: Annotated[
        Literal["one-message", "all-messages", "with-rest", "feed", "object"], Field(description="how it is called")
    ] = "one-message"
    end: Annotated[
        Literal["raises", "none", "empty"],
        Field(description="how it tells the end of the stream; with empty, empty messages cannot be tested"),
    ] = "raises"


class TimeLimits(Part):
    """How long to wait for it, in seconds."""

    build_seconds: Annotated[Seconds, Field(description="all build commands together")] = 60
    start_seconds: Annotated[Seconds, Field(description="from its start until it listens")] = 10
    patience_seconds: Annotated[Seconds, Field(description="for a reply, where waiting cannot be told from work")] = 2


class Manifest(Part):
    """One implementation under test."""

    shortread: Annotated[Literal["implementation/1"], Field(description="the kind of this file and its version")]
    name: Annotated[Text, Field(description="its name for people")]
    spec: Annotated[Text, Field(description="a name from specs/, or a path to a YAML file")]
    reply: Annotated[
        Literal["echo", "same-as-whole", "transcript"] | None,
        Field(description="how it is known what it understood, instead of what the spec says"),
    ] = None
    transcript: Annotated[
        Literal["lines", "json-lines"] | Pattern,
        Field(description="how it prints messages: lines, json-lines, or {pattern: REGEX} with a named group"),
    ] = "json-lines"
    role: Annotated[
        Literal["server", "function"],
        BeforeValidator(_known_role),
        Field(description="server: it listens and we connect; function: it is given a connected socket"),
    ]
    requires: Annotated[
        tuple[Text, ...], Field(description="programs that must be installed; it is skipped where one is missing")
    ] = ()
    command: Annotated[
        Command, Field(description="server: the program and its arguments; {host} and {port} are filled in")
    ] = ()
    function: Annotated[Function | None, Field(description="function: what is called, and how")] = None
    build: Annotated[tuple[BuildCommand, ...], Field(description="commands that are run once, before the start")] = ()
    environment: Annotated[dict[VariableName, CommandWord], Field(description="added to a clean environment")] = Field(
        default_factory=dict
    )
    connections: Annotated[
        Literal["concurrent", "sequential"], Field(description="sequential: one client at a time, by design")
    ] = "concurrent"
    policy: Annotated[Policy, Field(description="what it does by design")] = Policy()
    time_limits: Annotated[TimeLimits, Field(description="how long to wait for it")] = TimeLimits()
    expect: Annotated[
        tuple[Code, ...] | None, Field(description="the codes of exactly the findings that there must be")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """A manifest and the folder in which its commands run (absolute)."""

    manifest: Manifest
    folder: Path

    @property
    def command(self) -> tuple[str, ...]:
        """The program and its arguments, with placeholders; for a function, the driver around it."""
        function = self.manifest.function
        if function is None:
            return self.manifest.command
        # Braces are placeholders in a command.
        configuration = function.model_dump_json().replace("{", "{{").replace("}", "}}")
        return ("{python}", str(_DRIVER), "{port}", configuration)

    @property
    def replies_on_connection(self) -> bool:
        """Whether what it understood comes back on the connection, as far as the manifest tells."""
        function = self.manifest.function
        return self.manifest.reply != "transcript" and (function is None or function.send is not None)

    @property
    def transcript_form(self) -> Form:
        """How it prints messages."""
        form = self.manifest.transcript
        return re.compile(form.pattern) if isinstance(form, Pattern) else form

    @property
    def missing_programs(self) -> tuple[str, ...]:
        """Those that it requires and that are not installed here."""
        return tuple(program for program in self.manifest.requires if shutil.which(program) is None)


def load_manifest(path: Path) -> Implementation:
    """Load a manifest file. Raises UsageError with every problem in it."""
    document = load_file(path)
    require_kind(document, "implementation", 1)
    manifest = validate(Manifest, document)
    wanted, other = ("function", "command") if manifest.role == "function" else ("command", "function")
    if not getattr(manifest, wanted) or getattr(manifest, other):
        raise UsageError.single(
            where=document.where(("role",)),
            expected=f"{wanted}, and no {other}, for the role {manifest.role}",
            found=other if getattr(manifest, other) else f"no {wanted}",
            remedy="write for example: "
            + ('command: [./server, "{port}"]' if wanted == "command" else "function: {receive: module:receive}"),
        )
    return Implementation(manifest=manifest, folder=path.resolve().parent)


def from_command(spec: str, command: Sequence[str], *, folder: Path | None = None) -> Implementation:
    """An implementation without a manifest: a server, run in `folder` (default: the current one).

    Raises UsageError for an empty command or an unknown placeholder.
    """
    if not command:
        raise UsageError.single(
            where="the command line",
            expected="a command after --",
            found="nothing",
            remedy='write for example: -- python3 server.py "{port}"',
        )
    for word in command:
        if problem := misplaced(word, IN_COMMAND):
            raise UsageError.single(
                where="the command line",
                expected="one of the placeholders " + ", ".join(f"{{{name}}}" for name in IN_COMMAND),
                found=problem.found,
                remedy=problem.remedy,
            )
    manifest = Manifest(
        shortread="implementation/1",
        name=shlex.join(command),
        spec=spec,
        role="server",
        command=tuple(command),
    )
    return Implementation(manifest=manifest, folder=(folder or Path.cwd()).resolve())


def find_manifests(target: Path) -> tuple[Path, ...]:
    """The manifests that a target stands for, sorted: a file, a folder with one, or a folder of such folders.

    A folder that has one is not searched further, nor is one whose name begins with a dot. Raises UsageError
    when there is none.
    """
    if target.is_file():
        return (target,)
    found = tuple(sorted(_manifests_below(target))) if target.is_dir() else ()
    if not found:
        raise UsageError.single(
            where=str(target),
            expected=f"a manifest, a folder with {MANIFEST_NAME}, or a folder of such folders",
            found=f"a folder without {MANIFEST_NAME} in it or below it"
            if target.is_dir()
            else "no such file or folder",
            remedy="write one (see «Test your own» in the README), or give the command: --spec SPEC -- COMMAND …",
        )
    return found


def _manifests_below(folder: Path) -> Iterator[Path]:
    if (folder / MANIFEST_NAME).is_file():
        yield folder / MANIFEST_NAME
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            yield from _manifests_below(entry)


def placeholder_values(implementation: Implementation, *, host: str, port: int) -> dict[str, str]:
    """What the placeholders of a command stand for."""
    return {**build_values(implementation), "host": host, "port": str(port)}


def build_values(implementation: Implementation) -> dict[str, str]:
    """What the placeholders of a build command stand for."""
    return {"python": sys.executable, "dir": str(implementation.folder)}
