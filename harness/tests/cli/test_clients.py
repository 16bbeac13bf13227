"""Clients under test, programs for one connection, and servers that listen where they like."""

from __future__ import annotations

import re
import socket
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]

LINES = r"""
    shortread: spec/1
    protocol: lines
    title: Lines of some length
    reference: none
    frame: {delimiter: "\n", max: 200}
    reply: echo
    messages: [a, bc]
    """

SILENT = LINES.replace("protocol: lines", "protocol: silent").replace("reply: echo", "reply: transcript")

PROGRAM = """
import contextlib, json, socket, sys, time

HOST, PORT = sys.argv[1], int(sys.argv[2])


def connected():
    return socket.create_connection((HOST, PORT))


def read_line(connection, buffer):
    while b"\\n" not in buffer:
        octets = connection.recv(65536)
        if not octets:
            return None
        buffer += octets
    line, _, rest = bytes(buffer).partition(b"\\n")
    buffer[:] = rest
    return line.decode()


def tell(line):
    print(json.dumps({"message": line}), flush=True)


def ask(connection, read=read_line):
    buffer = bytearray()
    with contextlib.suppress(ConnectionError), connection:
        for word in ("hello", "who is there", "good bye"):
            connection.sendall(word.encode() + b"\\n")
            line = read(connection, buffer)
            if line is None:
                return
            tell(line)


"""

ASKS = "ask(connected())"

TAKES_ONE_READ_FOR_THE_ANSWER = """
    def read_once(connection, buffer):
        return connection.recv(65536).decode().strip() or None  # BUG: the answer may come in several reads

    ask(connected(), read_once)
    """

ASKS_ALL_AT_ONCE = """
    with contextlib.suppress(ConnectionError), connected() as connection:
        connection.sendall(b"hello\\nwho is there\\ngood bye\\n")
        buffer = bytearray()
        for _ in range(3):
            line = read_line(connection, buffer)
            if line is None:
                break
            tell(line)
    """

WAITS_FOR_THE_END = """
    with contextlib.suppress(ConnectionError), connected() as connection:
        connection.sendall(b"hello\\n")
        buffer = bytearray()
        while (line := read_line(connection, buffer)) is not None:
            tell(line)
    """

ECHOES = """
    with contextlib.suppress(ConnectionError), connected() as connection:
        buffer = bytearray()
        while (line := read_line(connection, buffer)) is not None and len(line) < 200:
            connection.sendall(line.encode() + b"\\n")
    """

READS = """
    with contextlib.suppress(ConnectionError), connected() as connection:
        buffer = bytearray()
        while (line := read_line(connection, buffer)) is not None and len(line) < 200:
            tell(line)
    """

ASKS_AGAIN_AND_AGAIN = """
    while True:
        try:
            ask(connected())
        except ConnectionError:
            time.sleep(0.001)
    """


@pytest.fixture
def client(server: Server, folder: Path) -> Server:
    """`client(what_it_does, **keys)` is a client of lines, of whose functions it makes use."""
    (folder / "lines.yaml").write_text(textwrap.dedent(LINES))
    (folder / "silent.yaml").write_text(textwrap.dedent(SILENT))

    def make(what_it_does: str, **keys: object) -> str:
        own = {"role": "client", "spec": "../lines.yaml", "command": ["{python}", "server.py", "{host}", "{port}"]}
        return server(f"{PROGRAM}{textwrap.dedent(what_it_does)}\n", **{**own, **keys})

    return make


def codes(ended: Any) -> set[str]:
    return set(re.findall(r"\bSR\d{3}\b", ended.output))


@pytest.mark.parametrize(
    "what_it_does",
    [ASKS, ASKS_ALL_AT_ONCE, WAITS_FOR_THE_END, ECHOES],
    ids=["asks and waits", "asks all at once", "waits for the end", "is spoken to"],
)
def test_a_client_that_reads_well_conforms(
    what_it_does: str, client: Server, in_process: Command, left_running: LeftRunning
) -> None:
    ended = in_process("check", client(what_it_does))
    assert (ended.status, ended.errors) == (0, ""), ended.output
    assert int(re.search(r"(\d+) of \1 trials passed", ended.output)[1]) > 10
    assert left_running() == []


def test_a_client_that_is_heard_is_judged_by_what_it_asks_next(client: Server, in_process: Command) -> None:
    flawed = client(TAKES_ONE_READ_FOR_THE_ANSWER)
    whole = in_process("check", "-k", "whole", flawed)
    assert whole.status == 0
    ended = in_process("check", "-k", "structure or one-byte", flawed)
    assert (ended.status, codes(ended)) == (1, {"SR103", "SR107"})
    assert "closed, before we had ended our side" in ended.output


@pytest.mark.parametrize(
    ("what_it_does", "status"), [(ASKS, 0), (TAKES_ONE_READ_FOR_THE_ANSWER, 1)], ids=["conforming", "flawed"]
)
def test_a_client_is_judged_by_what_it_prints(
    what_it_does: str, status: int, client: Server, in_process: Command
) -> None:
    ended = in_process("check", "-k", "structure", client(what_it_does, reply="transcript"))
    assert ended.status == status, ended.output


def test_a_client_that_is_sent_messages_prints_them(client: Server, in_process: Command) -> None:
    ended = in_process("check", "-k", "whole or structure or half-close", client(READS, spec="../silent.yaml"))
    assert (ended.status, ended.errors) == (0, ""), ended.output


def test_a_client_may_connect_again_and_again(client: Server, in_process: Command, left_running: LeftRunning) -> None:
    ended = in_process("check", "-k", "whole or structure", client(ASKS_AGAIN_AND_AGAIN, lifetime="process"))
    assert (ended.status, ended.errors) == (0, ""), ended.output
    assert left_running() == []


def test_a_client_without_a_manifest(client: Server, in_process: Command) -> None:
    program = f"{client(ASKS)}/server.py"
    options = ["--spec", "lines.yaml", "--role", "client"]
    ended = in_process("check", "-k", "whole", *options, "--", "python3", program, "{host}", "{port}")
    assert ended.status == 0, ended.output


def test_a_flawed_client_without_a_manifest_is_replayed(client: Server, in_process: Command) -> None:
    program = f"{client(TAKES_ONE_READ_FOR_THE_ANSWER)}/server.py"
    words = ["--spec", "lines.yaml", "--role", "client", "--", "python3", program, "{host}", "{port}"]
    ended = in_process("check", "-k", "one-byte", *words)
    assert ended.status == 1
    replay_id = re.search(r"shortread replay '([^']*)'", ended.output)[1]
    assert "--role client" in ended.output
    again = in_process("replay", replay_id, *words)
    assert (again.status, again.output.split()[0]) == (1, "FAILS")


@pytest.mark.parametrize(
    ("what_it_does", "status", "reason"),
    [
        ("sys.exit('no idea')", 3, "it exited with status 1 and did not connect; it printed last:\n      no idea\n"),
        ("print('cannot'); sys.exit(127)", 5, "exited with status 127"),
        (
            "connected().sendall(b'hello\\n')",
            3,
            "it closed the connection 0.0 s after its last word, before it was answered",
        ),
    ],
    ids=["ends", "is unsupported", "does not wait"],
)
def test_a_client_that_cannot_be_answered(
    what_it_does: str, status: int, reason: str, client: Server, in_process: Command
) -> None:
    ended = in_process("check", client(what_it_does))
    assert ended.status == status
    assert reason in ended.output


ONE_CONNECTION = """
import contextlib, socket, sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    connection, _ = listener.accept()
buffer = b""
with contextlib.suppress(ConnectionError), connection:
    while octets := connection.recv(65536):
        *lines, buffer = (buffer + octets).split(b"\\n")
        if max(map(len, [*lines, buffer])) > 15:
            break
        for line in lines:
            connection.sendall(line + b"\\n")
    sys.exit(3 if buffer else 0)
"""


def test_a_server_may_end_after_one_connection(server: Server, in_process: Command, left_running: LeftRunning) -> None:
    conforming = server(ONE_CONNECTION, lifetime="connection")
    ended = in_process("check", "-k", "ordinary", conforming)
    assert (ended.status, ended.errors) == (0, ""), ended.output
    assert left_running() == []


def test_a_server_that_ends_after_one_connection_has_findings_too(server: Server, in_process: Command) -> None:
    flawed = server(ONE_CONNECTION.replace("(buffer + octets)", "octets"), lifetime="connection")
    ended = in_process("check", "-k", "ordinary", flawed)
    assert (ended.status, codes(ended)) == (1, {"SR103"})


def test_a_server_that_says_that_it_does_not_do_this(server: Server, in_process: Command) -> None:
    ended = in_process("check", server("print('not this protocol'); raise SystemExit(127)"))
    assert ended.status == 5
    assert "unsupported" in ended.output
    assert "not this protocol" in ended.output


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_server_may_insist_on_its_port(server: Server, echo_source: str, in_process: Command) -> None:
    port = free_port()
    source = echo_source.replace("int(sys.argv[1])", str(port))
    ended = in_process("check", "-k", "whole", server(source, port=port, command=["{python}", "server.py"]))
    assert ended.status == 0, ended.output


def test_a_server_may_listen_where_it_likes(server: Server, echo_source: str, in_process: Command) -> None:
    source = echo_source.replace("int(sys.argv[1])", "0")
    ended = in_process("check", "-k", "whole", server(source, port="observed", command=["{python}", "server.py"]))
    assert ended.status == 0, ended.output


def test_a_client_that_closes_during_a_pause_has_closed_early(client: Server, in_process: Command) -> None:
    flawed = client(TAKES_ONE_READ_FOR_THE_ANSWER)
    answers = "await-reply send 0..6 await-reply send 6..19 await-reply send 19..20 pause 0.2 send 20..28"
    ended = in_process("replay", f"lines/ordinary/1@{answers}", flawed)
    assert (ended.status, ended.output.split()[0]) == (1, "FAILS")
    assert "the connection was closed before the stream had ended" in ended.output


def test_a_client_that_takes_its_time_before_the_first_word_is_heard(client: Server, in_process: Command) -> None:
    busy = f"while time.process_time() < 0.5: pass\n{ASKS}"
    slow = client(busy, time_limits={"patience_seconds": 0.1})
    ended = in_process("check", "-k", "whole", slow)
    assert ended.output == "✓ server   lines   1 of 1 trials passed   " + ended.output.partition("passed   ")[2]
