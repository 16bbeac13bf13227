"""One trial again: FIXED, FAILS, or what is wrong with its id."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

EARLY = "tiny/ordinary/1@send 0..1 await-reply send 1..2 await-reply"


def test_a_trial_that_fails(in_process: Command, flawed: str) -> None:
    ended = in_process("replay", EARLY, flawed)
    assert ended.status == 1
    assert ended.output == (
        "FAILS  send 0..1 await-reply send 1..2 await-reply\n"
        "  something came back for a message of which only a part had been sent (1 octet in all)\n"
        '  expected "a"\n'
        '  observed "a"\n'
        "  ended    closed\n"
    )


def test_the_same_trial_once_it_is_fixed(in_process: Command, echo: str) -> None:
    ended = in_process("replay", EARLY, echo)
    assert ended.status == 0
    assert ended.output == (
        'FIXED  send 0..1 await-reply send 1..2 await-reply\n  expected "a"\n  observed "a"\n  ended    closed\n'
    )


def test_a_command_without_a_manifest(in_process: Command, echo: str) -> None:
    ended = in_process("replay", EARLY, "--spec", "tiny.yaml", "--", "{python}", f"{echo}/server.py", "{port}")
    assert ended.status == 0
    assert ended.output.startswith("FIXED  ")


# What is asked besides the trial itself

COUNTING = """
    import contextlib, itertools, socket, sys

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        for number in itertools.count(1):
            connection, _ = listener.accept()
            with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as file:
                while (line := file.readline(17)).endswith(b"\\n"):
                    connection.sendall(LINE)
    """
"""A server of one client after the other, each of whom has a number; a test says what `LINE` they get."""

IMPATIENT = {"patience_seconds": 0.3}
"""Where nobody knows what must come back, the whole of it is waited for."""

WHOLE = "tiny/ordinary/1@send 0..2 await-reply"


@pytest.fixture
def learning(folder: Path) -> None:
    """The protocol does not say what must come back."""
    spec = folder / "tiny.yaml"
    spec.write_text(spec.read_text().replace("reply: echo", "reply: same-as-whole"))


@pytest.mark.usefixtures("learning")
def test_what_came_back_for_the_whole_conversation_is_what_must_come_back(in_process: Command, server: Server) -> None:
    source = """
        import socket, sys

        with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
            while True:
                with listener.accept()[0] as connection:
                    while octets := connection.recv(100):
                        if octets.endswith(b"\\n"):
                            connection.sendall(octets)  # BUG: what came before is lost
        """
    ended = in_process("replay", EARLY, server(source, time_limits=IMPATIENT))
    assert ended.status == 1
    assert '\n  expected "a"\n  observed ""\n' in ended.output


@pytest.mark.usefixtures("learning")
def test_the_trial_has_an_instance_that_was_not_asked_anything_before(in_process: Command, server: Server) -> None:
    """The third client would get something else: the whole conversation, the trial and the question after it."""
    counting = server(COUNTING.replace("LINE", "line * (number // 3 + 1)"), time_limits=IMPATIENT)
    ended = in_process("replay", WHOLE, counting)
    assert (ended.status, ended.output[:5]) == (0, "FIXED")


def test_whoever_serves_nobody_afterwards_fails(in_process: Command, server: Server) -> None:
    """Nothing is wrong with what the trial itself shows."""
    ended = in_process("replay", WHOLE, server(COUNTING.replace("LINE", 'line if number == 1 else b"no\\n"')))
    assert ended.status == 1
    assert ended.output.startswith("FAILS  send 0..2 await-reply\n")
    assert '\n  expected "a"\n  observed "a"\n  ended    closed\n' in ended.output


# Ids that are none

CONVERSATIONS = (
    "the replay id: expected a conversation of tiny before the @: tiny/ordinary/1, tiny/ordinary/2, tiny/malformed/1"
)

WRONG_IDS = {
    "tiny/ordinry/1@send 0..2": f"{CONVERSATIONS}, found 'tiny/ordinry/1'; did you mean 'tiny/ordinary/1'?",
    "what is this": f"{CONVERSATIONS}, found 'what is this'; copy the id from the report",
    "tiny/ordinary/1": "schedule: expected at least one action, found nothing; for example: send 0..5 await-reply",
    "tiny/ordinary/1@send 0..99": (
        "schedule: expected segments within the 2 octets of the stream, found an end at 99; shorten the last segment"
    ),
    "tiny/ordinary/1@snd 0..2": (
        "schedule: expected send A..B, pause SECONDS, read, await-reply, stop-reading, resume-reading, "
        "half-close, close, reset, found snd; see «Schedules» in the README"
    ),
}


@pytest.mark.parametrize("replay_id", WRONG_IDS)
def test_an_id_that_names_nothing(replay_id: str, in_process: Command, echo: str) -> None:
    ended = in_process("replay", replay_id, echo)
    assert ended.status == 2
    assert ended.errors == f"shortread: {WRONG_IDS[replay_id]}\n"


def test_more_than_one_implementation(in_process: Command, echo: str, flawed: str) -> None:
    ended = in_process("replay", EARLY, echo, flawed)
    assert ended.status == 2
    assert ended.errors == (
        "shortread: the command line: expected one implementation, found 2; name the folder of one of them\n"
    )
