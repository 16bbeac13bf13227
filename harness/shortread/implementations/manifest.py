"""implementation.yaml: how an implementation is built and started, and what it claims."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shortread.errors import UsageError
from shortread.implementations.drivers.languages import LANGUAGES, Call, Driver, language_of
from shortread.implementations.placeholders import IN_BUILD, IN_COMMAND, misplaced
from shortread.implementations.process import clean_environment
from shortread.judge.replies.transcript import GROUP_NAMES, Form
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_document, load_file, require_kind

MANIFEST_NAME = "implementation.yaml"

_LANGUAGES = "see «Functions» in implementations/README.md for what each language can do"
OBSERVED = "observed"
"""The port of a server that listens where it likes."""


def _checked_port(value: object) -> object:
    if isinstance(value, dict):
        context = {
            "expected": 'port: "{port}", a number, or observed',
            "found": "a mapping",
            "remedy": "YAML reads braces without quotes as a mapping: put them into quotes",
        }
        raise PydanticCustomError("port", "{expected}", context)
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
FunctionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w./-]*:[A-Za-z_][\w.]*$")]
SourceFile = Annotated[str, StringConstraints(pattern=r"^\w[\w./-]*$")]
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
    withheld_reply: Annotated[
        Literal["allowed", "forbidden"],
        Field(description="whether a reply may wait while only a part of the next message has come"),
    ] = "forbidden"

    @property
    def declared(self) -> dict[str, str]:
        """What it says that is not so by itself, and that is judged by, as it stands in reports."""
        limit = {} if self.max_message_bytes is None else {"max_message_bytes": str(self.max_message_bytes)}
        return limit | ({"withheld_reply": self.withheld_reply} if self.withheld_reply == "allowed" else {})


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
    """A function that reads messages from a connected socket, in Python or another language."""

    receive: Annotated[FunctionName, Field(description="FILE:NAME of a function, or of a class")]
    language: Annotated[
        Literal["python", "java", "c", "javascript", "go"] | None,
        Field(description="its language, where the ending of the file does not tell"),
    ] = None
    files: Annotated[tuple[SourceFile, ...], Field(description="Java, C, Go: further source files of it")] = ()
    send: Annotated[
        SendFunction | None,
        Field(description="Python: sends each message back; otherwise messages are written down"),
    ] = None
    style: Annotated[
        Literal["one-message", "all-messages", "with-rest", "feed", "object"], Field(description="how it is called")
    ] = "one-message"
    end: Annotated[
        Literal["raises", "none", "empty"],
        Field(description="how it tells the end of the stream; with empty, empty messages cannot be tested"),
    ] = "raises"
    sockets: Annotated[
        Literal["whole", "short"],
        Field(description="Python: short sockets send and receive less than they are asked for, as they may"),
    ] = "whole"

    @model_validator(mode="after")
    def _fits_its_language(self) -> Self:
        for key, choices in self._limits.items():
            if (found := getattr(self, key)) not in choices:
                raise _not_in_language(key, str(found), choices, LANGUAGES[self._language].title)
        return self

    @property
    def driver(self) -> Driver:
        """The program around it."""
        call = Call(
            receive=self.receive,
            style=self.style,
            end=self.end,
            files=self.files,
            configuration=self.model_dump_json(),
        )
        return LANGUAGES[self._language].driver(call)

    @property
    def _language(self) -> str:
        return self.language or language_of(self.receive)

    @property
    def _limits(self) -> Mapping[str, tuple[object, ...]]:
        """What some of the keys can be in its language."""
        language = LANGUAGES[self._language]
        only_python: Mapping[str, tuple[object, ...]] = {"send": (None,), "sockets": ("whole",)}
        return {
            "style": language.styles,
            "end": language.ends,
            **({} if self._language == "python" else only_python),
            **({} if language.has_files else {"files": ((),)}),
        }


def _not_in_language(key: str, found: str, choices: tuple[object, ...], title: str) -> PydanticCustomError:
    words = ", ".join(str(choice) for choice in choices if choice)
    expected = f"{key}: {words} for a function in {title}" if words else f"no {key} for a function in {title}"
    return PydanticCustomError("language", "{expected}", {"expected": expected, "found": found, "remedy": _LANGUAGES})


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
        Literal["server", "client", "function"],
        Field(
            description="server: it listens and we connect; client: it connects to us; "
            "function: it is given a connected socket"
        ),
    ]
    requires: Annotated[
        tuple[Text, ...],
        Field(
            description="programs that must be installed, or python:MODULE for the Python that is {python};"
            " it is skipped where one is missing"
        ),
    ] = ()
    command: Annotated[
        Command, Field(description="server: the program and its arguments; {host} and {port} are filled in")
    ] = ()
    function: Annotated[Function | None, Field(description="function: what is called, and how")] = None
    port: Annotated[
        Literal["{port}", "observed"] | Annotated[int, Field(ge=1, le=65535, strict=True)],
        BeforeValidator(_checked_port),
        Field(description="server: chosen for it, or a number that it insists on, or observed: wherever it listens"),
    ] = "{port}"
    lifetime: Annotated[
        Literal["process", "connection"] | None,
        Field(
            description="process: it serves, or makes, many connections (what a server does, if nothing is said); "
            "connection: it ends after one (what a client does)"
        ),
    ] = None
    build: Annotated[tuple[BuildCommand, ...], Field(description="commands that are run once, before the start")] = ()
    environment: Annotated[dict[VariableName, CommandWord], Field(description="added to a clean environment")] = Field(
        default_factory=dict
    )
    connections: Annotated[
        Literal["concurrent", "sequential"], Field(description="sequential: one client at a time, by design")
    ] = "concurrent"
    stress_sends: Annotated[
        bool, Field(strict=True, description="also check it with sends that take less than they are given")
    ] = False
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
        return self.manifest.command if function is None else function.driver.command

    @property
    def is_for_one_connection(self) -> bool:
        """Whether it ends after one connection."""
        default = "connection" if self.manifest.role == "client" else "process"
        return (self.manifest.lifetime or default) == "connection"

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
        """Those that it requires and that are not installed here, Python modules among them."""
        return tuple(required for required in self.manifest.requires if not _is_installed(required))


def _is_installed(required: str) -> bool:
    kind, _, module = required.rpartition(":")
    if kind != "python":
        return shutil.which(required) is not None
    # Asked of the interpreter that is to run it, as it will be started: our own may have been told to look elsewhere.
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    command = (sys.executable, "-P", "-c", look, module)
    ended = subprocess.run(command, env=clean_environment({}), capture_output=True, check=False)
    return ended.returncode == 0


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
    return Implementation(manifest=_with_driver(manifest), folder=path.resolve().parent)


def _with_driver(manifest: Manifest) -> Manifest:
    """The manifest with what the driver around its function requires, and how that is built."""
    if manifest.function is None:
        return manifest
    driver = manifest.function.driver
    additions = {"requires": (*manifest.requires, *driver.requires), "build": (*manifest.build, *driver.build)}
    return manifest.model_copy(update=additions)


def from_command(
    spec: str, command: Sequence[str], keys: Mapping[str, object] = MappingProxyType({}), *, folder: Path | None = None
) -> Implementation:
    """An implementation without a manifest, run in `folder` (default: the current one).

    A server, unless further `keys` of a manifest say otherwise. Raises UsageError for an empty command, an unknown
    placeholder, or a key that is wrong.
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
    return _unwritten(
        {"name": shlex.join(command), "spec": spec, "role": "server", "command": [*command], **keys}, folder
    )


def from_function(spec: str, function: Mapping[str, str], *, folder: Path | None = None) -> Implementation:
    """A function without a manifest; keys and values are those of `function:` in one.

    Raises UsageError for one that is wrong.
    """
    name = function.get("receive", "")
    return _unwritten({"name": name, "spec": spec, "role": "function", "function": function}, folder)


def _unwritten(keys: Mapping[str, object], folder: Path | None) -> Implementation:
    text = json.dumps({"shortread": "implementation/1", **keys}, ensure_ascii=False)
    manifest = validate(Manifest, load_document(text, file="the command line"))
    return Implementation(manifest=_with_driver(manifest), folder=(folder or Path.cwd()).resolve())


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
