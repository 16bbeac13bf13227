"""Ctrl-C at any moment: what was finished is reported, and nothing is left running.

It is the program under test that interrupts us, so that the moment is always the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]


@pytest.fixture
def interrupting(server: Server, echo_source: str) -> Callable[..., str]:
    """`interrupting(SIGNAL, after=N)` is a server that sends the signal to shortread at its Nth connection."""

    def make(signal: str, *, after: int) -> str:
        source = echo_source.replace("import ", "import itertools, os, signal, ", 1).replace(
            "while True:",
            f"for number in itertools.count(1):\n{' ' * 12}if number == {after}:\n"
            f"{' ' * 16}os.kill(os.getppid(), signal.{signal})",
        )
        return server(source, name="interrupting")

    return make


def stored() -> list[dict[str, Any]]:
    return json.loads(Path("results.json").read_text())["runs"]


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_in_the_middle_of_a_run(
    signal: str, run: Command, echo: str, interrupting: Callable[..., str], left_running: LeftRunning
) -> None:
    ended = run("check", echo, interrupting(signal, after=12), echo, "--report", "json=results.json")
    assert ended.status == 130
    assert ended.errors == ""
    assert "\n  interrupted\n2 runs: 1 conforming, 1 inconclusive\n" in ended.output

    finished, interrupted = stored()
    assert (finished["verdict"], interrupted["verdict"]) == ("pass", "inconclusive")
    assert interrupted["reason"] == "interrupted"
    # It was running the twelfth trial, or already its end; some trials take a connection to ask after its health.
    assert 0 < interrupted["trials"]["run"] <= 12
    assert interrupted["trials"]["passed"] == interrupted["trials"]["run"]
    assert left_running() == []


def test_in_the_first_trial(run: Command, interrupting: Callable[..., str], left_running: LeftRunning) -> None:
    ended = run("check", interrupting("SIGINT", after=1), "--report", "json=results.json")
    assert ended.status == 130
    (interrupted,) = stored()
    assert (interrupted["verdict"], interrupted["reason"]) == ("inconclusive", "interrupted")
    assert left_running() == []


@pytest.mark.parametrize("when", ["build", "command"])
def test_while_it_is_built_or_started(when: str, run: Command, server: Server, left_running: LeftRunning) -> None:
    script = ["sh", "-c", "kill -INT $PPID; sleep 1000; true"]
    ended = run("check", server(**{when: [script] if when == "build" else script}), "--report", "json=results.json")
    assert ended.status == 130
    assert ended.output == "? server   tiny   44 not run\n  interrupted\n1 run: 1 inconclusive\n"
    (interrupted,) = stored()
    assert (interrupted["reason"], interrupted["trials"]["run"]) == ("interrupted", 0)
    assert left_running() == []


def test_while_a_trial_is_replayed(run: Command, interrupting: Callable[..., str], left_running: LeftRunning) -> None:
    ended = run("replay", "tiny/ordinary/1@send 0..2 await-reply", interrupting("SIGINT", after=1))
    assert ended.status == 130
    assert ended.errors == "\nshortread: interrupted\n"
    assert ended.output == ""
    assert left_running() == []
