"""shortread record: a conversation that went well becomes a spec, and one that did not is refused."""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

Command = Callable[..., Any]
Server = Callable[..., str]
Ended = tuple[int, str, str]
Record = Callable[..., Ended]

LIMIT_SECONDS = 50


def serve(listener: socket.socket) -> None:
    """Answers each line of one connection in capitals."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return  # the test was about something else
    with connection, connection.makefile("rwb", buffering=0) as file:
        try:
            while line := file.readline():
                file.write(line.upper())
        except ConnectionResetError:
            return


@pytest.fixture
def upstream() -> Iterator[str]:
    """The address of a server for one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT_SECONDS)
        thread = Thread(target=serve, args=[listener], daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(LIMIT_SECONDS)


@pytest.fixture
def recorder(folder: Path, environment: dict[str, str], upstream: str) -> Iterator[Callable[..., Any]]:
    """`recorder(*options)` starts shortread record in front of the server."""
    with ExitStack() as opened:

        def start(*options: str) -> subprocess.Popen[str]:
            where = ("--listen", "127.0.0.1:0", "--connect", upstream)
            process = subprocess.Popen(
                [sys.executable, "-m", "shortread", "record", *where, *options],
                cwd=folder,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            opened.enter_context(process)
            opened.callback(process.kill)
            return process

        yield start


@pytest.fixture
def record(recorder: Callable[..., Any]) -> Record:
    """`record(talk, *options)` lets a client talk through the recorder, and gives how that ended."""

    def run(talk: Callable[[socket.socket], None], *options: str) -> Ended:
        process = recorder(*options)
        with connected_to(process) as client:
            talk(client)
        output, errors = process.communicate(timeout=LIMIT_SECONDS)
        return process.returncode, output, errors

    return run


def connected_to(process: subprocess.Popen[str]) -> socket.socket:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on 127.0.0.1:"), process.stderr and process.stderr.read()
    return socket.create_connection(("127.0.0.1", int(line.rpartition(":")[2])), timeout=LIMIT_SECONDS)


def say_two_lines(client: socket.socket) -> None:
    for line in (b"a\n", b"bc\n"):
        client.sendall(line)
        assert client.recv(100) == line.upper()
    client.shutdown(socket.SHUT_WR)
    assert client.recv(100) == b""


def say_and_reset(client: socket.socket) -> None:
    client.sendall(b"a\n")
    assert client.recv(100) == b"A\n"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def say_nothing(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    assert client.recv(100) == b""


def test_a_conversation_is_written_as_its_turns(record: Record) -> None:
    assert record(say_two_lines, "--output", "mine.yaml") == (0, "wrote mine.yaml\n", "")
    assert yaml.safe_load(Path("mine.yaml").read_text()) == {
        "shortread": "spec/1",
        "protocol": "mine",
        "title": "mine, recorded",
        "reference": "a conversation that was recorded",
        "turns": [{"send": "a\n"}, {"expect": "A\n"}, {"send": "bc\n"}, {"expect": "BC\n"}],
    }


UPPER = """
    import contextlib, socket, sys

    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        connection, _ = listener.accept()
        buffer = b""
        with contextlib.suppress(ConnectionError), connection:
            while octets := connection.recv(100):
                buffer += octets
                *lines, buffer = buffer.split(b"\\n")
                for line in lines:
                    connection.sendall(line.upper() + b"\\n")
    """

UPPER_AS_IT_COMES = """
    import contextlib, socket, sys

    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        connection, _ = listener.accept()
        with contextlib.suppress(ConnectionError), connection:
            while octets := connection.recv(100):
                connection.sendall(octets.upper().rstrip(b"\\n") + b"\\n")  # BUG: a read is not a line
    """


@pytest.mark.parametrize(("options", "messages"), [([], 0), (["--spec", "tiny.yaml"], 2)], ids=["turns", "frames"])
def test_what_was_recorded_tells_good_servers_from_flawed_ones(
    options: list[str], messages: int, record: Record, in_process: Command, server: Server
) -> None:
    assert record(say_two_lines, "--output", "mine.yaml", *options)[0] == 0
    assert Path("mine.yaml").read_text().count("message: ") == messages
    assert in_process("spec", "lint", "mine.yaml").status == 0
    good = server(UPPER, name="good", spec="../mine.yaml", connections="sequential")
    ended = in_process("check", good)
    assert (ended.status, ended.errors) == (0, "")
    flawed = server(UPPER_AS_IT_COMES, name="flawed", spec="../mine.yaml", connections="sequential")
    assert in_process("check", flawed, "-k", "whole").status == 0
    assert in_process("check", flawed).status == 1


REFUSED = {
    "reset": (say_and_reset, "both sides to end it in good order, found a reset; ", ""),
    "nothing": (say_nothing, "a client that says something, found nothing; ", "what was there\n"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_conversation_that_is_none_leaves_everything_as_it_was(how: str, record: Record) -> None:
    talk, problem, before = REFUSED[how]
    if before:
        Path("mine.yaml").write_text(before)
    status, output, errors = record(talk, "--output", "mine.yaml")
    assert (status, output) == (2, "")
    assert errors.startswith(f"shortread: the conversation: expected {problem}")
    assert [path.read_text() for path in Path().glob("mine.yaml")] == [before] * bool(before)


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("gone/mine.yaml", "expected a file to write, found No such file or directory; name another"),
        ("mine", "expected a file to write, found Is a directory; name another"),
        (
            "My file.yaml",
            "expected the name of a protocol before .yaml: lower-case letters and digits, with single hyphens "
            "between, found 'My file'; name for example: my-protocol.yaml",
        ),
    ],
)
def test_what_cannot_be_written_is_said_before_anybody_talks(
    output: str, problem: str, in_process: Command, folder: Path
) -> None:
    (folder / "mine").mkdir()
    ended = in_process("record", "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:9", "--output", output)
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors == f"shortread: --output {output}: {problem}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full")
def test_what_cannot_be_written_in_the_end_is_not_lost(record: Record) -> None:
    status, output, errors = record(say_two_lines, "--output", "/dev/full")
    assert status == 2
    assert "protocol: full\n" in output
    assert output.count("send:") == output.count("expect:") == 2
    assert errors == (
        "shortread: --output /dev/full: expected a file to write, found No space left on device; "
        "keep what is printed instead\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_whoever_interrupts_it_ends_it(number: int, recorder: Callable[..., Any]) -> None:
    process = recorder("--output", "mine.yaml")
    with connected_to(process) as client:
        client.sendall(b"a\n")
        assert client.recv(100) == b"A\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=LIMIT_SECONDS)
        with pytest.raises(ConnectionResetError):
            client.recv(100)
    assert (process.returncode, output, errors) == (130, "", "\nshortread: interrupted\n")
    assert not Path("mine.yaml").exists()


def test_a_client_that_comes_before_the_server_is_told_of(recorder: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
    process = recorder("--connect", address, "--output", "mine.yaml")
    with connected_to(process) as client, pytest.raises(ConnectionResetError):
        client.recv(1)
    assert process.stdout.readline() == (
        f"no connection to {address}: Connection refused; start the server, then the client again\n"
    )
