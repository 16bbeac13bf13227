"""The languages of functions: how the driver around a function is built and started."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_HERE = Path(__file__).parent
_BUILT = "build/driver"
"""Where a driver is built, in the folder of the function."""

_QUIET_JVM = (
    # Its own threads sleep, so that waiting can be told from work.
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:GuaranteedSafepointInterval=0",
    "-XX:AsyncDeflationInterval=0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is called and how: `receive` is FILE:NAME, or MODULE:NAME in Python.

    `files` are further source files of it; `configuration` is all of `function:` as JSON.
    """

    receive: str
    style: str
    end: str
    files: tuple[str, ...]
    configuration: str

    @property
    def file(self) -> str:
        """The source file, or the module."""
        return self.receive.partition(":")[0]

    @property
    def name(self) -> str:
        """The name of the function in it."""
        return self.receive.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver for one function: programs that it requires, build commands, and the command that starts it.

    The words of commands have placeholders, as in a manifest.
    """

    requires: tuple[str, ...] = ()
    build: tuple[tuple[str, ...], ...] = ()
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of functions.

    A function is in the language when its file has one of the `endings`. `styles` and `ends` are the ways in which
    it can be called and can tell the end of the stream. `has_files` says whether further source files must be named.
    """

    title: str
    endings: tuple[str, ...]
    styles: tuple[str, ...]
    ends: tuple[str, ...]
    has_files: bool = False
    driver: Callable[[Call], Driver]


def language_of(receive: str) -> str:
    """The language of a function by the ending of its file; Python where there is none."""
    ending = PurePosixPath(receive.partition(":")[0]).suffix
    return next((name for name, language in LANGUAGES.items() if ending in language.endings), "python")


def _python(call: Call) -> Driver:
    return Driver(command=("{python}", _path("python.py"), "{port}", _literal(call.configuration)))


def _java(call: Call) -> Driver:
    compile_all = ("javac", "-encoding", "UTF-8", "-sourcepath", ".", "-d", _BUILT)
    start = ("java", *_QUIET_JVM, "-cp", _BUILT, "ShortreadDriver")
    return Driver(
        requires=("javac", "java"),
        build=((*compile_all, _path("ShortreadDriver.java"), call.file, *call.files),),
        command=(*start, "{port}", call.file, call.name, call.style, call.end),
    )


def _c(call: Call) -> Driver:
    # The driver includes the file: the function may then be declared with int or ssize_t, char or void.
    given = (f"-DRECEIVE={call.name}", f"-DSUBMISSION={json.dumps('{dir}/' + call.file)}")
    return Driver(
        requires=("cc",),
        build=(
            ("mkdir", "-p", _BUILT),
            ("cc", "-g", "-O1", "-pthread", *given, "-o", f"{_BUILT}/driver", _path("driver.c"), *call.files),
        ),
        command=(f"{_BUILT}/driver", "{port}", call.end),
    )


def _javascript(call: Call) -> Driver:
    return Driver(
        requires=("node",),
        command=("node", _path("driver.mjs"), "{port}", call.file, call.name, call.style, call.end),
    )


def _go(call: Call) -> Driver:
    # A package is one folder, and Go cannot be told from outside which function is meant.
    names = ("-e", f"s/RECEIVE/{call.name}/", "-e", f"s/STYLE/{_GO_STYLES[call.style]}/")
    files = (call.file, *call.files)
    return Driver(
        requires=("go",),
        build=(
            ("rm", "-rf", _BUILT),
            ("mkdir", "-p", _BUILT),
            ("cp", *files, _BUILT),
            ("sed", "-n", *names, "-e", f"w {_BUILT}/shortread_driver.go", _path("driver.go")),
            ("go", "build", "-C", _BUILT, "-o", "driver", "shortread_driver.go", *(Path(file).name for file in files)),
        ),
        command=(f"{_BUILT}/driver", "{port}", call.end),
    )


_GO_STYLES = {
    "one-message": "shortreadOneMessage",
    "all-messages": "shortreadAllMessages",
    "object": "shortreadObject",
}
_ANY_STYLE = ("one-message", "all-messages", "with-rest", "feed", "object")
_ANY_END = ("raises", "none", "empty")

LANGUAGES: Mapping[str, Language] = {
    "python": Language(title="Python", endings=(".py",), styles=_ANY_STYLE, ends=_ANY_END, driver=_python),
    "java": Language(
        title="Java",
        endings=(".java",),
        styles=("one-message", "all-messages", "object"),
        ends=_ANY_END,
        has_files=True,
        driver=_java,
    ),
    "c": Language(
        title="C", endings=(".c",), styles=("one-message",), ends=("raises", "empty"), has_files=True, driver=_c
    ),
    "javascript": Language(
        title="JavaScript",
        endings=(".js", ".mjs", ".cjs"),
        styles=("one-message", "all-messages", "object"),
        ends=_ANY_END,
        driver=_javascript,
    ),
    "go": Language(
        title="Go",
        endings=(".go",),
        styles=tuple(_GO_STYLES),
        ends=("raises", "empty"),
        has_files=True,
        driver=_go,
    ),
}
"""By the name that a manifest gives it."""


def _path(name: str) -> str:
    return _literal(str(_HERE / name))


def _literal(text: str) -> str:
    """The text as a word of a command, where braces are placeholders."""
    return text.replace("{", "{{").replace("}", "}}")
