"""Servers that print what they received: every form, buffered or not, with everything that can be wrong with it."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]

SILENT = r"""
    shortread: spec/1
    protocol: silent
    title: Lines that nobody answers
    reference: none
    frame: {delimiter: "\n", max: 16}
    reply: transcript
    messages: [a, bc, "d e"]
    """

PROGRAM = """
import base64, contextlib, json, socket, sys

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))


def lines(connection):
    buffer = b""
    with contextlib.suppress(ConnectionError):
        while octets := connection.recv(65536):
            buffer += octets
            *complete, buffer = buffer.split(b"\\n")
            for line in complete:
                if len(line) > 15:
                    return
                yield line.decode()


"""

KEEPING = """
    while True:
        with listener.accept()[0] as connection:
            for line in lines(connection):
                print(SAY)
    """


@pytest.fixture
def printing(server: Server, folder: Path) -> Server:
    """`printing(body, **keys)` is a server with the function `lines` and what follows."""
    (folder / "silent.yaml").write_text(textwrap.dedent(SILENT))

    def make(body: str, **keys: object) -> str:
        return server(PROGRAM + textwrap.dedent(body), **{"spec": "../silent.yaml", **keys})

    return make


def codes(ended: Any) -> set[str]:
    return set(re.findall(r"\bSR\d{3}\b", ended.output))


FORMS = {
    "lines": ("lines", "line"),
    "json-lines": ("json-lines", "json.dumps({'message': line})"),
    "hex in JSON": ("json-lines", "json.dumps({'hex': line.encode().hex()})"),
    "text": ({"pattern": r"got '(?P<text>.*)'"}, "f\"got '{line}'\""),
    "repr": ({"pattern": r"got (?P<repr>.*)"}, "f'got {line.encode()!r}'"),
    "hex": ({"pattern": r"got (?P<hex>\w+)"}, "f'got {line.encode().hex()} as it seems'"),
    "base64": ({"pattern": r"got (?P<base64>\S+)"}, "'got ' + base64.b64encode(line.encode()).decode()"),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_printed_without_flush_is_read_in_every_form(
    form: str, in_process: Command, printing: Server, left_running: LeftRunning
) -> None:
    transcript, say = FORMS[form]
    ended = in_process("check", printing(KEEPING.replace("SAY", say), transcript=transcript))
    assert (ended.status, ended.errors) == (0, "")
    assert left_running() == []


C_SERVER = r"""
    #include <arpa/inet.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    int main(int argc, char **argv) {
        int listener = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 16) != 0)
            return 1;
        for (;;) {
            int connection = accept(listener, NULL, NULL);
            char line[16], octet;
            size_t used = 0;
            while (read(connection, &octet, 1) == 1) {
                if (octet == '\n') {
                    printf("%.*s\n", (int)used, line);  /* stdio buffers whole blocks where this is no terminal */
                    used = 0;
                } else if (used < sizeof line - 1) {
                    line[used++] = octet;
                } else {
                    break;
                }
            }
            close(connection);
        }
    }
    """


@pytest.mark.skipif(shutil.which("cc") is None, reason="this machine has no C compiler")
def test_what_the_c_library_buffers_is_read_line_by_line(
    in_process: Command, server: Server, printing: Server, folder: Path
) -> None:
    del printing  # for its spec
    name = server(
        spec="../silent.yaml",
        transcript="lines",
        build=[["cc", "-o", "server", "server.c"]],
        command=["./server", "{port}"],
    )
    (folder / name / "server.c").write_text(textwrap.dedent(C_SERVER))
    ended = in_process("check", name)
    assert (ended.status, ended.errors) == (0, "")


def test_a_server_may_say_in_its_manifest_that_it_prints(in_process: Command, printing: Server) -> None:
    """Its spec is of servers that reply; this one prints instead."""
    target = printing(KEEPING.replace("SAY", "json.dumps({'message': line})"), spec="../tiny.yaml", reply="transcript")
    assert in_process("check", target).status == 0


def test_rubbish_between_messages_and_errors_beside_them_do_not_disturb(in_process: Command, printing: Server) -> None:
    body = """
        print("listening", flush=True)
        while True:
            with listener.accept()[0] as connection:
                print("{'not': 'json'}")
                sys.stderr.write('{"message": "an error"}\\n')
                for line in lines(connection):
                    print("[debug] a message comes:")
                    sys.stderr.write('{"message": "an error"}\\n')
                    print(json.dumps({"message": line}))
                print("\\x1b[31mend\\x1b[0m", json.dumps({"end": True}))
        """
    ended = in_process("check", printing(body))
    assert (ended.status, ended.errors) == (0, "")


FLAWS = {
    "missing": """
        for number, line in enumerate(lines(connection)):
            if number != 1:
                say(line)
        """,
    "wrong": """
        for line in lines(connection):
            say(line.upper() if " " in line else line)
        """,
    "repeated": """
        for line in lines(connection):
            say(line)
            if " " in line:
                say(line)
        """,
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_transcript_that_is_wrong_from_the_start(flaw: str, in_process: Command, printing: Server) -> None:
    body = (
        "def say(line):\n    print(json.dumps({'message': line}))\n\n"
        "while True:\n    with listener.accept()[0] as connection:\n"
        + textwrap.indent(textwrap.dedent(FLAWS[flaw]), " " * 8)
    )
    ended = in_process("check", printing(body), "-k", "ordinary and (whole or together)")
    assert (ended.status, codes(ended)) == (1, {"SR001"})


EARLY = """
    while True:
        with listener.accept()[0] as connection:
            while octets := connection.recv(65536):
                for line in octets.decode().split("\\n"):
                    if line:
                        print(json.dumps({"message": line[:15]}))  # BUG: a read may end inside a message
    """


def test_what_is_printed_before_its_message_is_complete(in_process: Command, printing: Server) -> None:
    early = printing(EARLY)
    assert in_process("check", "-k", "whole and ordinary", early).status == 0
    ended = in_process("check", "-k", "ordinary", early)
    assert ended.status == 1
    again = in_process("replay", "silent/ordinary/2@send 0..3 await-reply send 3..5 await-reply", early)
    assert again.status == 1
    assert "something came back for a message of which only a part had been sent (3 octets in all)" in again.output


def test_messages_that_are_printed_only_behind_the_next_are_withheld(in_process: Command, printing: Server) -> None:
    body = """
        while True:
            with listener.accept()[0] as connection:
                waiting = []
                for line in lines(connection):
                    waiting.append(line)
                    if len(waiting) > 1:
                        print(json.dumps({"message": waiting.pop(0)}))
                for line in waiting:
                    print(json.dumps({"message": line}))
        """
    ended = in_process("replay", "silent/ordinary/1@send 0..2 await-reply", printing(body))
    assert ended.status == 1
    assert "after 2 octets 1 reply was due, and none came while nothing more was sent" in ended.output


def test_several_connections_cannot_be_told_apart_in_one_transcript(in_process: Command, printing: Server) -> None:
    target = printing(KEEPING.replace("SAY", "json.dumps({'message': line})"))
    in_process("check", target, "--report", "json=results.json")
    (run,) = json.loads(Path("results.json").read_text())["runs"]
    assert {"interleaved", "churn"} <= set(run["not_applicable"])


def test_a_spec_without_replies_needs_a_server_that_can_be_seen(in_process: Command, printing: Server) -> None:
    printing(KEEPING)
    ended = in_process("check", "--spec", "silent.yaml", "--connect", "127.0.0.1:9")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: --connect: expected a spec whose replies come back on the connection, found reply: transcript, "
        "and what a server prints that runs already is not seen; give its command instead\n"
    )


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("got (.*)", "found no such group; for example: 'got (?P<text>.*)'"),
        ("got (?P<text>.*", "missing ), unterminated subpattern"),
    ],
)
def test_a_pattern_that_finds_nothing_is_refused(
    pattern: str, problem: str, in_process: Command, printing: Server
) -> None:
    ended = in_process("check", printing(KEEPING, transcript={"pattern": pattern}))
    assert ended.status == 2
    assert (
        "expected a regular expression with a group (?P<text>…), (?P<hex>…), (?P<repr>…), (?P<base64>…)" in ended.errors
    )
    assert problem in ended.errors
