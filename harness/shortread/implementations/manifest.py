"""implementation.yaml: how an implementation is built and started, and what it claims; the keys and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shortread.implementations.drivers.languages import LANGUAGES, Call, Driver, language_of
from shortread.implementations.placeholders import IN_BUILD, IN_COMMAND, misplaced
from shortread.judge.replies.transcript import GROUP_NAMES

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
Style = Literal["one-message", "all-messages", "with-rest", "feed", "object"]
End = Literal["raises", "none", "empty"]
PlainForm = Literal["lines", "json-lines"]
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
    early_reply: Annotated[
        Literal["allowed", "forbidden"] | None,
        Field(description="whether a reply may begin before its message is complete, instead of what the spec says"),
    ] = None
    unfinished_line_at_end: Annotated[
        Literal["delivered", "dropped"] | None,
        Field(description="what becomes of a line that the end of the stream cuts short; dropped if nothing is said"),
    ] = None

    @property
    def declared(self) -> dict[str, str]:
        """What it says that is not so by itself, and that is judged by, as it stands in reports."""
        said = {name: str(value) for name, value in self.model_dump().items() if value is not None}
        return {name: value for name, value in said.items() if (name, value) != ("withheld_reply", "forbidden")}


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
    style: Annotated[Style, Field(description="how it is called")] = "one-message"
    end: Annotated[
        End,
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
        PlainForm | Pattern,
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


def transcript_keys(form: str) -> dict[str, object]:
    """The keys of a manifest for what is printed in this form: `lines`, `json-lines` or a regular expression."""
    return {"reply": "transcript", "transcript": form if form in get_args(PlainForm) else {"pattern": form}}
