"""What the tests of the command line share: a small protocol, servers as folders, and shortread in a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import shortread.cli.main

TINY = r"""
    shortread: spec/1
    protocol: tiny
    title: Short lines
    reference: none
    frame: {delimiter: "\n", max: 16}
    reply: echo
    messages: [a, bc]
    """

ECHO = """
    import contextlib, socket, sys, threading

    def serve(connection):
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as file:
            while (line := file.readline(17)).endswith(b"\\n"):
                connection.sendall(line)

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()
    """

NO_FRAMING = """
    import contextlib, socket, sys, threading

    def serve(connection):
        with contextlib.suppress(ConnectionError), connection:
            while octets := connection.recv(100):
                connection.sendall(octets)  # BUG: what a read returns is not a message

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()
    """


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command line ended, and what it printed."""

    status: int
    output: str
    errors: str


Shortread = Callable[..., Ended]
InProcess = Callable[..., Ended]
Server = Callable[..., str]


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment in which shortread runs: nothing of ours decides what the output looks like."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(shortread.__file__).parents[1]),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the spec `tiny.yaml` in it."""
    (tmp_path / "tiny.yaml").write_text(textwrap.dedent(TINY))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, environment: dict[str, str]) -> Shortread:
    """`run(*arguments)` is `python -m shortread` in a process of its own; keywords go to subprocess."""

    def run(*arguments: str, variables: Mapping[str, str] | None = None, **keywords: object) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "shortread", *_quick(arguments)],
            cwd=folder,
            env={**environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **keywords},
            timeout=50,
            check=False,
        )
        return Ended(status=ended.returncode, output=_decoded(ended.stdout), errors=_decoded(ended.stderr))

    return run


def _quick(arguments: Sequence[str]) -> tuple[str, ...]:
    """A check is a quick one where the test does not say otherwise."""
    if arguments[:1] != ("check",) or "--profile" in arguments:
        return tuple(arguments)
    return ("check", "--profile", "quick", *arguments[1:])


def _decoded(octets: bytes | None) -> str:
    return octets.decode() if octets else ""


@pytest.fixture
def in_process(folder: Path, capsys: pytest.CaptureFixture[str]) -> InProcess:  # noqa: ARG001 - the current folder
    """`in_process(*arguments)` is the same without a process: five times as fast."""

    def run(*arguments: str) -> Ended:
        status = shortread.cli.main._status_of(_quick(arguments))
        output, errors = capsys.readouterr()
        return Ended(status=status, output=output, errors=errors)

    return run


@pytest.fixture
def server(folder: Path, mark: str) -> Server:
    """`server(source, **keys)` makes a folder with a manifest and a Python program, and gives its name.

    The program has the port as its argument, and a mark in its environment.
    """

    def make(source: str = "", *, name: str = "server", **keys: object) -> str:
        (folder / name).mkdir()
        (folder / name / "server.py").write_text(textwrap.dedent(source))
        manifest = {
            "shortread": "implementation/1",
            "name": name,
            "spec": "../tiny.yaml",
            "role": "server",
            "command": ["{python}", "server.py", "{port}"],
            "environment": {"MARK": mark},
            **keys,
        }
        # A manifest in JSON is a manifest in YAML.
        (folder / name / "implementation.yaml").write_text(json.dumps(manifest))
        return name

    return make


@pytest.fixture
def echo_source() -> str:
    """The program of a server that conforms."""
    return ECHO


@pytest.fixture
def flawed_source() -> str:
    """The program of a server that returns whatever it reads, which is SR207."""
    return NO_FRAMING


@pytest.fixture
def echo(server: Server, echo_source: str) -> str:
    """A server that conforms."""
    return server(echo_source, name="echo")


@pytest.fixture
def flawed(server: Server, flawed_source: str) -> str:
    """A server with one finding."""
    return server(flawed_source, name="flawed")


@pytest.fixture
def skipped(server: Server) -> str:
    """A server that needs a program which nobody has."""
    return server(name="skipped", requires=["no-such-program"])


@pytest.fixture
def mark() -> str:
    """What every process of a server has in its environment."""
    return uuid.uuid4().hex


@pytest.fixture
def left_running(mark: str) -> Callable[[], list[str]]:
    """`left_running()` gives the commands of the servers' processes that still run."""

    def look() -> list[str]:
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and f"MARK={mark}".encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text())
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    return look
