"""`shortread selftest`: real servers with real mistakes are counted and named, and none of them is left behind."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from shortread.cli.flawed import flawed_target
from shortread.cli.forked import ForkedServer
from shortread.codec.loading import load_codec
from shortread.selftest.pairs import pairs_of
from shortread.selftest.table import BEGIN, END
from shortread.spec.library import specs_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts servers and looks at their sockets")

Command = Callable[..., Any]


# A run.


def test_a_run(run: Command) -> None:
    Path("page.md").write_text(f"# Page\n{BEGIN}\n{END}\nThe end.\n", encoding="utf-8")
    codes = ("--code", "SR202", "--code", "partial-header-read", "--code", "SR403")
    ended = run("selftest", "--spec", "blocks-u32", *codes, "--report", "json=out.json", "--write", "page.md")
    assert (ended.status, ended.errors) == (0, "")

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in ended.output.splitlines() if "|" in line]
    assert ["", "named first", "100.0 %", "≥ 97 %", "✓"] in rows
    assert {row[0]: row[1:9] for row in rows if row[0].startswith(("SR", "all"))} == {
        "SR101 partial-header-read": ["1", "1", "1", "1", "1", "0", "0", "0"],
        "SR202 merged-following-message": ["1", "1", "1", "1", "1", "0", "0", "0"],
        "all": ["2", "2", "2", "2", "2", "0", "0", "0"],
    }
    assert "not counted:\n  SR403 " in ended.output

    runs = json.loads(Path("out.json").read_text(encoding="utf-8"))["runs"]
    assert [(run["verdict"], len(run["findings"])) for run in runs] == [("fail", 1), ("fail", 1), ("pass", 0)]
    page = Path("page.md").read_text(encoding="utf-8")
    assert page.startswith(f"# Page\n{BEGIN}\n")
    assert page.endswith(f"{END}\nThe end.\n")
    assert "| SR202 merged-following-message |" in page


# Nothing is run for what is refused.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--code", "SR999"], "found SR999"),
        (["--spec", "netsting"], "did you mean 'netstring'"),
        (["--write", "nowhere.md"], "no file nowhere.md"),
        (["--write", "tiny.yaml"], "tiny.yaml, which has none"),
    ],
)
def test_what_is_refused(arguments: list[str], said: str, in_process: Command) -> None:
    ended = in_process("selftest", "--jobs", "2", *arguments)
    assert (ended.status, ended.output) == (2, "")
    assert said in ended.errors


# Nothing is left behind.


def test_an_interrupted_run_leaves_nothing_behind(environment: dict[str, str], folder: Path) -> None:
    command = [sys.executable, "-m", "shortread", "selftest", "--spec", "netstring", "--jobs", "2"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, cwd=folder, **pipes) as process:
        servers = next(filter(None, _servers_of(process)), [])
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert servers, errors
    assert (process.returncode, errors) == (130, b""), output
    assert psutil.wait_procs(servers, timeout=0)[1] == []


def _servers_of(process: subprocess.Popen[bytes]) -> Iterator[list[psutil.Process]]:
    """Those that run, again and again."""
    while process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
        every = psutil.Process(process.pid).children(recursive=True)
        yield [one for one in every if _listens(one)]


def _listens(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp"))
    return False


# A copy of this process that serves.


@pytest.fixture
def server() -> Iterator[ForkedServer]:
    """A copy that says what it is told to, once for each connection."""

    def serve(listener: Any) -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                if connection.recv(100) == b"die":
                    raise RuntimeError("it was told to")
                connection.sendall(b"served")

    server = ForkedServer(serve, "127.0.0.1", has_transcript=False, patience_seconds=2)
    yield server
    server.end()


def answer(server: ForkedServer, said: bytes) -> bytes:
    with socket.create_connection(server.opening.address, timeout=10) as connection:
        connection.sendall(said)
        return connection.recv(100)


def test_it_serves_until_its_end(server: ForkedServer) -> None:
    assert answer(server, b"hello") == b"served"
    (pid,) = server.processes
    server.end()
    assert server.processes == ()
    assert not psutil.pid_exists(pid)


def test_it_holds_nothing_of_the_harness(server: ForkedServer) -> None:
    """Whoever holds a connection of ours open would keep the other side waiting for its end."""
    (pid,) = server.processes
    assert {path.name for path in Path(f"/proc/{pid}/fd").iterdir()} == {"0", "1", "2", "3"}


def test_its_death_is_seen(server: ForkedServer) -> None:
    assert server.watch.death() is None
    (pid,) = server.processes
    handle = os.pidfd_open(pid)
    assert answer(server, b"die") == b""
    with closing(os.fdopen(handle)):
        assert select.select([handle], [], [], 10)[0]
    assert server.watch.death() == "exited with status 1"
    server.end()
    assert "RuntimeError: it was told to" in server.output_tail()


MAKER = """
import os, sys
from shortread.cli.forked import ForkedServer

def serve(listener):
    while True:
        listener.accept()

server = ForkedServer(serve, "127.0.0.1", has_transcript=False, patience_seconds=2)
print(*server.processes, flush=True)
sys.stdin.read()
"""


def test_it_dies_with_whoever_made_it(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", MAKER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as maker:
        copy = psutil.Process(int(maker.stdout.readline()))
        maker.kill()
    assert psutil.wait_procs([copy], timeout=10)[1] == []


def test_a_transcript_is_kept() -> None:
    def serve(listener: Any) -> None:
        connection, _ = listener.accept()
        sys.stdout.buffer.write(connection.recv(100))
        sys.stdout.buffer.flush()
        connection.close()
        listener.accept()

    server = ForkedServer(serve, "127.0.0.1", has_transcript=True, patience_seconds=2)
    try:
        at = server.transcript.position()
        assert answer(server, b"hello") == b""
        assert server.transcript.since(at) == b"hello"
    finally:
        server.end()


def test_it_is_the_server_that_its_command_would_be() -> None:
    codec = load_codec(specs_folder() / "netstring.yaml")
    (pair,) = pairs_of("netstring", codec, ("SR201",))
    target = flawed_target(pair, codec)
    assert target.implementation.command[:3] == ("shortread", "serve-flawed", "SR201")
    server = target.start("127.0.0.1")
    try:
        assert answer(server, b"5:hello,0:,") == b"5:hello,"
    finally:
        server.end()
