"""Programs that print what they understood only at the end: by design, or because their output is buffered."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

SILENT = r"""
    shortread: spec/1
    protocol: silent
    title: Lines that nobody answers
    reference: none
    frame: {delimiter: "\n", max: 16}
    reply: transcript
    messages: [a, bc, "d e"]
    """

PROGRAM = r"""
import contextlib, json, os, socket, sys

# A block of output is written at once, whoever reads it.
output = os.fdopen(os.dup(1), "w", buffering=8192)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))


def tell(line):
    print(json.dumps({"message": line}), file=output)


def lines(connection):
    buffer = b""
    with contextlib.suppress(ConnectionError):
        while octets := connection.recv(65536):
            *complete, buffer = (buffer + octets).split(b"\n")
            for line in complete:
                if len(line) > 16:
                    return
                yield line.decode()
            if len(buffer) > 16:
                return


while True:
    with listener.accept()[0] as connection:
        for line in lines(connection):
            tell(line)
        output.flush()
"""

AT_ITS_END = {"output": "at its end"}
ONCE = PROGRAM.replace("while True:\n    with", "if True:\n    with")


@pytest.fixture
def printing(server: Server, folder: Path) -> Server:
    """`printing(source, **keys)` is a server that prints lines of JSON."""
    (folder / "silent.yaml").write_text(textwrap.dedent(SILENT))
    return lambda source, **keys: server(source, **{"spec": "../silent.yaml", **keys})


@pytest.fixture
def checked(in_process: Command, folder: Path) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """`checked(*arguments)` gives how the check ended, and the run in its results file."""

    def check(*arguments: str) -> tuple[Any, dict[str, Any]]:
        ended = in_process("check", *arguments, "--report", "json=results.json")
        (run,) = json.loads((folder / "results.json").read_text())["runs"]
        return ended, run

    return check


@pytest.mark.parametrize(
    ("source", "keys"),
    [(PROGRAM, {}), (ONCE, {"lifetime": "connection"})],
    ids=["many connections", "one connection"],
)
def test_what_comes_only_at_the_end_is_judged_there(
    source: str, keys: dict[str, str], printing: Server, checked: Command
) -> None:
    ended, run = checked(printing(source, **keys))
    assert ended.status == 0, ended.output
    assert run["policies"] == AT_ITS_END
    assert "output at its end" in ended.output
    assert run["trials"]["passed"] == run["trials"]["planned"] > 50


PROMPT = PROGRAM.replace("tell(line)\n        output", "tell(line)\n            output")


def test_what_is_prompt_in_the_clean_run_is_judged_as_ever(printing: Server, checked: Command) -> None:
    ended, run = checked(printing(PROMPT))
    assert (ended.status, run["policies"]) == (0, {})
    # Of two lines in one read the second waits for the end.
    ended, run = checked(printing(PROMPT.replace("complete:", "complete[:1]:"), name="late"), "-k", "ordinary")
    assert (ended.status, run["policies"]) == (1, {})


FLAWS = {
    "a line is lost": ("in complete:", "in complete[:1]:"),
    "what was read is forgotten": ("(buffer + octets)", "octets"),
    "an unfinished line is printed": (
        "            if len(buffer) > 16:\n                return\n",
        "        if buffer:\n            yield buffer.decode()\n",
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_what_comes_at_the_end_must_be_right(flaw: str, printing: Server, checked: Command) -> None:
    old, new = FLAWS[flaw]
    assert PROGRAM.count(old) == 1
    ended, run = checked(printing(PROGRAM.replace(old, new)), "-k", "ordinary")
    assert ended.status == 1
    assert run["policies"] == AT_ITS_END


def test_a_replay_knows_it_too(printing: Server, in_process: Command) -> None:
    ended = in_process("replay", "silent/ordinary/1@send 0..2 await-reply", printing(PROGRAM))
    assert (ended.status, ended.output[:5]) == (0, "FIXED")


def test_what_never_comes_is_missing(printing: Server, checked: Command) -> None:
    """It would be flushed when the program ends, which it does not."""
    ended, run = checked(printing(PROGRAM.replace("        output.flush()\n", "")), "-k", "whole and ordinary")
    assert (ended.status, run["policies"]) == (1, {})
