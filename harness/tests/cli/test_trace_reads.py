"""replay --trace-reads: the implementation's own reads and writes beside the segments that they came from."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]

READS_IN_PARTS = """
    import contextlib, socket, sys

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            buffer = b""
            with contextlib.suppress(ConnectionError), connection:
                while octets := connection.recv(4):
                    buffer += octets
                    while b"\\n" in buffer:
                        line, _, buffer = buffer.partition(b"\\n")
                        connection.sendall(line + b"\\n")
    """


@pytest.fixture
def may_trace() -> None:
    """Skips the test where strace is missing, or may not look."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("this machine has no strace")
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    tracer = subprocess.Popen([strace, "-p", str(child.pid), "-o", os.devnull], stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    tracer.terminate()
    tracer.communicate()
    child.send_signal(signal.SIGKILL)
    child.wait()
    if "attached" not in line:
        pytest.skip(f"this machine does not allow tracing: {line.strip()}")


@pytest.mark.usefixtures("may_trace")
def test_every_read_is_shown_with_the_segments_that_it_came_from(
    in_process: Command, server: Server, left_running: LeftRunning
) -> None:
    trial = "tiny/ordinary/2@send 0..1 read send 1..5 await-reply"
    ended = in_process("replay", "--trace-reads", trial, server(READS_IN_PARTS))
    assert (ended.status, ended.errors) == (0, "")
    assert [line.strip() for line in ended.output.splitlines() if "recv(" in line] == [
        "read     recv(4) returned 1 of 4 octets   octets 0..1, segment 1",
        "read     recv(4) returned 4 octets   octets 1..5, segment 2",
        "read     recv(4) returned the end of the stream",
    ]
    assert [line.strip() for line in ended.output.splitlines() if "send(" in line] == [
        "wrote    send(2) took 2 octets",
        "wrote    send(3) took 3 octets",
    ]
    assert left_running() == []


@pytest.mark.usefixtures("may_trace")
def test_a_read_may_come_from_several_segments(in_process: Command, server: Server) -> None:
    """Nobody waits between these two, and the server is stopped from reading by a first segment that is no line."""
    trial = "tiny/ordinary/2@send 0..1 send 1..3 read send 3..5 await-reply"
    ended = in_process("replay", "--trace-reads", trial, server(READS_IN_PARTS))
    assert ended.status == 0
    offsets = [line.split("octets ")[-1] for line in ended.output.splitlines() if "segment" in line]
    # Whether the first two are read together is chance; not fine would be octets that nobody has read.
    assert offsets in (
        ["0..1, segment 1", "1..3, segment 2", "3..5, segment 3"],
        ["0..3, segment 1 and 2", "3..5, segment 3"],
    )


def test_without_strace_it_says_so_and_nothing_is_left_running(
    in_process: Command, server: Server, left_running: LeftRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ended = in_process("replay", "--trace-reads", "tiny/ordinary/1@send 0..2", server(READS_IN_PARTS))
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors == (
        "shortread: --trace-reads: expected the program strace, found none; install it, or leave the option out\n"
    )
    assert left_running() == []


def test_what_runs_elsewhere_cannot_be_traced(in_process: Command) -> None:
    trial = "tiny/ordinary/1@send 0..2"
    ended = in_process("replay", "--trace-reads", trial, "--spec", "tiny.yaml", "--connect", "127.0.0.1:9")
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors == (
        "shortread: --trace-reads: expected an implementation that is started here, found --connect 127.0.0.1:9; "
        "give its command instead, or leave the option out\n"
    )
