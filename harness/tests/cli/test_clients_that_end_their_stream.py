"""Clients that end their stream before they are answered, that take part in an exchange, or that do not wait long."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

LINES = r"""
    shortread: spec/1
    protocol: lines
    title: Lines of some length
    reference: none
    frame: {delimiter: "\n", max: 200}
    reply: echo
    messages: [a, bc]
    """

PROGRAM = """
import contextlib, json, socket, sys, time

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))


def tell(line):
    print(json.dumps({"message": line.decode()}), flush=True)


with contextlib.suppress(ConnectionError, TimeoutError), connection, connection.makefile("rb") as file:
"""

ENDS = """
    connection.sendall(b"hello\\nwho is there\\n")
    connection.shutdown(socket.SHUT_WR)
    for _ in range(2):
        if (line := file.readline()).endswith(b"\\n"):
            tell(line.strip())
    """

ENDS_AND_READS_TO_THE_END = """
    connection.sendall(b"hello\\nwho is there\\n")
    connection.shutdown(socket.SHUT_WR)
    while (line := file.readline()).endswith(b"\\n"):
        tell(line.strip())
    """

ENDS_AND_TAKES_A_READ_FOR_AN_ANSWER = """
    connection.sendall(b"hello\\nwho is there\\n")
    connection.shutdown(socket.SHUT_WR)
    for _ in range(2):
        tell(connection.recv(65536).strip())  # BUG: an answer may come in several reads
    """


@pytest.fixture
def client(server: Server, folder: Path) -> Server:
    """`client(what_it_does, **keys)` is a client of lines, or of another `spec`."""
    (folder / "lines.yaml").write_text(textwrap.dedent(LINES))

    def make(what_it_does: str, **keys: object) -> str:
        own = {"role": "client", "spec": "../lines.yaml", "command": ["{python}", "server.py", "{host}", "{port}"]}
        body = textwrap.indent(textwrap.dedent(what_it_does).strip("\n"), "    ")
        return server(f"{PROGRAM}{body}\n", **{**own, **keys})

    return make


def passed(ended: Any) -> int:
    assert (ended.status, ended.errors) == (0, ""), ended.output
    return int(re.search(r"(\d+) of \1 trials passed", ended.output)[1])


# It ends its stream before it is answered


@pytest.mark.parametrize("what_it_does", [ENDS, ENDS_AND_READS_TO_THE_END], ids=["closes by itself", "waits for us"])
@pytest.mark.parametrize("keys", [{}, {"reply": "transcript"}], ids=["asks", "prints"])
def test_a_client_that_ends_its_stream_is_answered(
    what_it_does: str, keys: dict[str, str], client: Server, in_process: Command
) -> None:
    assert passed(in_process("check", client(what_it_does, **keys))) > 10


@pytest.mark.parametrize("keys", [{}, {"reply": "transcript"}], ids=["asks", "prints"])
def test_a_client_that_ends_its_stream_must_read_every_answer(
    keys: dict[str, str], client: Server, in_process: Command
) -> None:
    flawed = client(ENDS_AND_TAKES_A_READ_FOR_AN_ANSWER, **keys)
    assert passed(in_process("check", "-k", "whole", flawed)) == 1
    ended = in_process("check", "-k", "structure or one-byte", flawed)
    assert ended.status == 1


def test_whoever_closes_after_a_part_of_its_answers_has_closed_early(client: Server, in_process: Command) -> None:
    flawed = client(ENDS_AND_TAKES_A_READ_FOR_AN_ANSWER)
    again = in_process("replay", "lines/ordinary/1@await-reply send 0..3 read send 3..4 read send 4..19", flawed)
    assert (again.status, again.output[:5]) == (1, "FAILS")
    assert "the connection was closed before the stream had ended" in again.output


STREAMS = """
    connection.sendall(b"a whole stream\\n" * 3)
    connection.shutdown(socket.SHUT_WR)
    READ
    """


@pytest.mark.parametrize(
    ("read", "status"), [("tell(file.read())", 0), ("tell(connection.recv(65536))", 1)], ids=["to the end", "once"]
)
def test_both_sides_may_stream_one_after_the_other(read: str, status: int, client: Server, in_process: Command) -> None:
    target = client(STREAMS.replace("READ", read), spec="two-way-stream", reply="transcript")
    ended = in_process("check", "-k", "ordinary", target)
    assert ended.status == status, ended.output


def test_a_receiver_may_shut_down_what_it_does_not_use(client: Server, in_process: Command, folder: Path) -> None:
    (folder / "silent.yaml").write_text(textwrap.dedent(LINES).replace("reply: echo", "reply: transcript"))
    reads = """
        connection.shutdown(socket.SHUT_WR)
        while (line := file.readline(201)).endswith(b"\\n"):
            tell(line.strip())
        """
    assert passed(in_process("check", client(reads, spec="../silent.yaml"))) > 10


# It takes part in an exchange

ASKS_ONE_THING = """
    connection.sendall(b"GET /index\\r\\n")
    tell(READ)
    """


@pytest.mark.parametrize(
    ("read", "status"), [("file.read()", 0), ("connection.recv(65536)", 1)], ids=["to the end", "once"]
)
def test_a_reply_that_our_close_ends(read: str, status: int, client: Server, in_process: Command) -> None:
    target = client(ASKS_ONE_THING.replace("READ", read), spec="request-reply-close", reply="transcript")
    ended = in_process("check", "-k", "ordinary", target)
    assert ended.status == status, ended.output
    if status == 0:
        assert passed(ended) > 5


EXCHANGE = r"""
    shortread: spec/1
    protocol: counter
    title: A counter that signs on
    reference: none
    frame: {delimiter: "\n", max: 60}
    first: server
    exchange:
      - {expect: welcome}
      - {send: inc, expect: "1"}
      - {send: inc, expect: "2"}
      - {send: get, expect: "2"}
      - {send: time, expect: {pattern: "[0-9]+"}}
    """

COUNTS = """
    assert file.readline() == b"welcome\\n"
    for word, number in ((b"inc", b"1"), (b"inc", b"2"), (b"get", b"2")):
        connection.sendall(word + b"\\n")
        if READ != number + b"\\n":
            break
    """


@pytest.fixture
def counter(client: Server, folder: Path) -> Server:
    """`counter(what_it_does)` is a client of the exchange."""
    (folder / "counter.yaml").write_text(textwrap.dedent(EXCHANGE))
    return lambda what_it_does, **keys: client(what_it_does, spec="../counter.yaml", **keys)


def test_a_client_takes_part_in_an_exchange(counter: Server, in_process: Command) -> None:
    assert passed(in_process("check", counter(COUNTS.replace("READ", "file.readline()")))) > 10


def test_a_flawed_client_takes_part_in_an_exchange(counter: Server, in_process: Command) -> None:
    ended = in_process("check", "-k", "structure", counter(COUNTS.replace("READ", "connection.recv(60)")))
    assert ended.status == 1


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("dec", 'expected one of its messages (inc, inc, get, time), found "dec"'),
        ("time", "expected a reply of which everything is written down, found text like [0-9]+"),
    ],
)
def test_what_the_exchange_does_not_say_is_not_made_up(
    word: str, reason: str, counter: Server, in_process: Command
) -> None:
    ended = in_process("check", counter(f"file.readline(); connection.sendall(b'{word}\\n'); file.readline()"))
    assert ended.status == 3
    assert reason in ended.output


# It does not wait for ever

IMPATIENT = """
    connection.settimeout(0.5)
    buffer = b""
    for word in (b"hello", b"who is there", b"good bye"):
        connection.sendall(word + b"\\n")
        while b"\\n" not in buffer:
            octets = connection.recv(65536)
            if not octets:
                sys.exit()
            buffer += octets
        line, _, buffer = buffer.partition(b"\\n")
        tell(line)
    """


def test_a_client_with_a_time_out_is_answered_in_time(client: Server, in_process: Command, folder: Path) -> None:
    target = client(IMPATIENT)
    assert passed(in_process("check", target, "--report", "json=results.json")) > 10
    (run,) = json.loads((folder / "results.json").read_text())["runs"]
    assert run["trials"]["inconclusive"] == 0


def test_a_client_that_hardly_waits_cannot_be_answered(client: Server, in_process: Command) -> None:
    ended = in_process("check", client(IMPATIENT.replace("0.5", "0.1")))
    assert ended.status == 3
    assert re.search(r"it closed the connection \d\.\d s after its last word, before it was answered", ended.output)
