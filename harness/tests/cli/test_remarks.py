"""Servers that print more than messages: that the stream has ended, and that something was wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

PRINTING = r"""
    import contextlib, json, socket, sys

    def tell(**line):
        print(json.dumps(line), flush=True)

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as file:
                while (line := file.readline(17)).endswith(b"\n"):
                    tell(message=line.decode().strip())
                if line:
                    tell(error="no line")
                else:
                    tell(end=True)
    """

FALSE = {
    "the end is told after each message": (
        "tell(message=line.decode().strip())",
        "tell(message=line.decode().strip()); tell(end=True)",
        "it said that the stream had ended",
    ),
    "the end of the stream is an error": (
        "tell(end=True)",
        "tell(error='nothing more')",
        "it said that there was an error where everything was well-formed",
    ),
}


def test_what_is_said_of_the_stream_is_true(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(PRINTING, reply="transcript"))
    assert (ended.status, ended.errors) == (0, ""), ended.output


@pytest.mark.parametrize("flaw", FALSE)
def test_what_is_said_of_the_stream_is_not_true(flaw: str, in_process: Command, server: Server) -> None:
    old, new, reason = FALSE[flaw]
    assert PRINTING.count(old) == 1
    target = server(PRINTING.replace(old, new), reply="transcript")
    assert in_process("check", target).status == 1
    again = in_process("replay", "tiny/ordinary/1@send 0..2 await-reply", target)
    assert again.output.startswith("FAILS")
    assert reason in again.output
