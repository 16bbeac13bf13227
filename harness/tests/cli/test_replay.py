"""One trial again: FIXED, FAILS, or what is wrong with its id."""

from __future__ import annotations

from collections.abc import Callable
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
