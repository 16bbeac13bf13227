"""Implementations that die, close, flood, keep silent or reset under any fault, and interrupts in the middle of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]

PROGRAM = """
    import contextlib, itertools, os, signal, socket, struct, sys, threading

    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))


    def reset(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


    """

BROKEN = {
    "it dies": ("listener.accept()[0].recv(100)\n    os._exit(3)", {"SR305"}),
    "it dies of a signal": ("listener.accept()[0].recv(100)\n    os.kill(os.getpid(), signal.SIGSEGV)", {"SR305"}),
    "it closes at once": ("while True:\n        listener.accept()[0].close()", set()),
    "it resets": ("while True:\n        reset(listener.accept()[0])", set()),
    "it says nothing": ("kept = []\n    while True:\n        kept.append(listener.accept()[0])", {"SR303"}),
    "it sends without end": (
        "while True:\n        with contextlib.suppress(OSError), listener.accept()[0] as connection:\n"
        "            while True:\n                connection.sendall(bytes(1 << 16))",
        set(),
    ),
}
"""What each of them does instead of serving, and the codes that must be among those of the findings.

How much of a message was sent before it was refused is chance, and with it what the finding is called.
"""


@pytest.fixture
def several(folder: Path) -> str:
    """A profile of everything that needs more than one connection, or more than segments; its path."""
    profile = {
        "shortread": "profile/1",
        "name": "several",
        "faults": {
            fault: {"conversations": ["ordinary/1"], "most": 2}
            for fault in ("whole", "half-close", "close", "reset", "interleaved", "churn")
        },
    }
    (folder / "several.yaml").write_text(json.dumps(profile))
    return "several.yaml"


@pytest.mark.parametrize("how", BROKEN)
def test_whatever_is_wrong_is_found_and_nothing_is_left_running(
    how: str, in_process: Command, server: Server, several: str, left_running: LeftRunning
) -> None:
    body, codes = BROKEN[how]
    target = server(f"{PROGRAM.rstrip()}\n    {body}\n", time_limits={"patience_seconds": 0.3})
    ended = in_process("check", target, "--profile", several, "--report", "json=results.json")
    assert (ended.status, ended.errors) == (1, "")
    (run,) = json.loads(Path("results.json").read_text())["runs"]
    assert run["findings"]
    assert codes <= {finding["code"] for finding in run["findings"]}
    (whole,) = (counts for counts in run["by"] if counts["fault"] == "whole")
    assert whole["failed"] == whole["planned"] == 1
    trials = run["trials"]
    assert trials["planned"] == trials["run"] + trials["not_run"]
    if trials["not_run"]:
        assert " left out after failures that had to be waited for" in run["reason"]
    assert left_running() == []


INTERRUPTED = """
    import os, signal, socket, sys, threading

    def serve(connection, number):
        buffer = b""
        while octets := connection.recv(100):
            buffer += octets
            if number == NUMBER:
                os.kill(os.getppid(), signal.SIGNAL)
            *lines, buffer = buffer.split(b"\\n")
            for line in lines:
                connection.sendall(line + b"\\n")
        connection.close()

    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    number = 0
    while True:
        connection, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=[connection, number], daemon=True).start()
    """


@pytest.fixture
def interrupted(run: Command, server: Server, folder: Path) -> Callable[..., Any]:
    """`interrupted(fault, signal, connection=N)` is a check of which the Nth connection brings the signal."""

    def check(fault: str, signal: str, *, connection: int) -> Any:
        profile = {"shortread": "profile/1", "name": "one", "faults": {fault: {"conversations": ["ordinary/2"]}}}
        (folder / "one.yaml").write_text(json.dumps(profile))
        target = server(INTERRUPTED.replace("NUMBER", str(connection)).replace("SIGNAL", signal))
        return run("check", target, "--profile", "one.yaml", "--report", "json=results.json")

    return check


@pytest.mark.parametrize(
    ("fault", "signal", "connection"),
    [("interleaved", "SIGINT", 2), ("churn", "SIGTERM", 20), ("pause", "SIGINT", 1), ("pause", "SIGTERM", 1)],
)
def test_an_interrupt_in_the_middle_of_a_trial(
    fault: str, signal: str, connection: int, interrupted: Callable[..., Any], left_running: LeftRunning
) -> None:
    """The program under test interrupts us, when it reads on the second connection of a trial, or before a pause."""
    ended = interrupted(fault, signal, connection=connection)
    assert (ended.status, ended.errors) == (130, "")
    assert "\n  interrupted\n1 run: 1 inconclusive\n" in ended.output
    (stored,) = json.loads(Path("results.json").read_text())["runs"]
    assert (stored["reason"], stored["trials"]["failed"]) == ("interrupted", 0)
    # It may have interrupted us at the end of a trial, if that was not the last.
    assert stored["trials"]["run"] < max(2, stored["trials"]["planned"])
    assert left_running() == []


def test_no_socket_is_left_over_of_a_trial_that_was_interrupted(
    in_process: Command, server: Server, folder: Path, several: str
) -> None:
    """What was finished before it counts, and the next check begins with nothing of it."""
    del folder
    body = "while True:\n        listener.accept()[0].recv(100)\n        os.kill(os.getppid(), signal.SIGINT)"
    before = descriptors()
    ended = in_process("check", server(f"{PROGRAM.rstrip()}\n    {body}\n"), "--profile", several)
    assert ended.status == 130
    assert descriptors() == before


def descriptors() -> list[str]:
    """What this process has open, pytest's own files included."""
    return sorted(str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink())
