"""Implementations that speak by themselves: what they say must be what the spec says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPEC = """\
shortread: spec/1
protocol: ticker
title: Lines that a server says
reference: none
directions: {client: none, server: {delimiter: "\\n", max: 16}}
reply: emits
messages: [one, "", three]
"""

SERVER = """
    import contextlib, socket, sys, threading

    def serve(connection):
        with contextlib.suppress(ConnectionError), connection:
            for line in (b"one\\n", b"\\n", b"three\\n"):
                connection.sendall(line)
            AT_END

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
    """


@pytest.fixture
def check(folder: Path, in_process: Callable[..., Any], server: Callable[..., str]) -> Callable[[str], Any]:
    """`check(source)` checks such a server against what it should say."""

    def run(source: str) -> Any:
        (folder / "ticker.yaml").write_text(SPEC)
        return in_process("check", server(source, spec="../ticker.yaml"))

    return run


@pytest.mark.parametrize("at_end", ["pass", "connection.recv(1)"], ids=["it closes", "it waits for the client"])
def test_a_server_that_says_its_messages_conforms(at_end: str, check: Callable[[str], Any]) -> None:
    ended = check(SERVER.replace("AT_END", at_end))
    assert ended.status == 0, ended.output
    assert ended.output.endswith("1 run: 1 conforming\n")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('b"three', 'b"tree'), (r'b"\n", ', ""), (r'b"three\n"', 'b"three"'), ('b"one', r'b"one\none')],
    ids=["another message", "one too few", "one without its end", "one too many"],
)
def test_a_server_that_says_something_else_is_found(right: str, wrong: str, check: Callable[[str], Any]) -> None:
    flawed = SERVER.replace("AT_END", "connection.recv(1)").replace(right, wrong)
    assert flawed != SERVER.replace("AT_END", "connection.recv(1)")
    ended = check(flawed)
    assert ended.status == 1, ended.output
    assert "SR001 wrong-reply" in ended.output
