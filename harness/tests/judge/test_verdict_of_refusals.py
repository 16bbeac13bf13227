"""Verdicts where a frame must be refused, or may be answered before it is complete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import judge
from shortread.results import Symptom

SPEC = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
frame: [{length: {number: digits, max_digits: 2, max: 80, counts: [body]}}, ":", {body: {bytes: counted}}, ","]
reply: echo
messages: [abc, de]
"""

OracleOf = Callable[..., Oracle]
RIGHT = b"3:abc,"


@pytest.fixture
def oracle_of(tmp_path: Path) -> OracleOf:
    """`oracle_of(keys, refused)` is the oracle of the malformed conversation whose second frame is this."""

    def make(keys: str, refused: bytes | None) -> Oracle:
        (tmp_path / "acme.yaml").write_text(SPEC + keys)
        codec = load_codec(tmp_path / "acme.yaml")
        wire = RIGHT + b"2:de," if refused is None else RIGHT + refused
        return Oracle(codec, next(one for one in conversations_of(codec) if one.stream.wire == wire))

    return make


def symptoms(evidence: Evidence, oracle: Oracle) -> tuple[Symptom | None, Symptom | None]:
    verdict = judge(evidence, oracle)
    return (verdict.replies and verdict.replies.symptom, verdict.ending and verdict.ending.symptom)


def everything(oracle: Oracle, received: bytes, ending: Ending = Ending.CLOSED, *waits: Wait) -> Evidence:
    sent_bytes = len(oracle.conversation.stream.wire)
    return Evidence(sent_bytes=sent_bytes, boundaries=(), waits=waits, received=received, ending=ending)


@pytest.mark.parametrize(
    ("keys", "received", "symptom"),
    [
        ("", RIGHT, None),
        ("", b"", Symptom.MISSING_REPLY),
        ("", RIGHT + RIGHT, Symptom.EXTRA_REPLY),
        ("", RIGHT + b"5:error,", Symptom.EXTRA_REPLY),
        ("", RIGHT + b"what?", None),
        ("", RIGHT + b"+3:abc,", Symptom.MALFORMED_REPLY),
        ("", b"3:abd,", Symptom.WRONG_REPLY),
        ("on_malformed: {error: error}\n", RIGHT + b"5:error,", None),
        ("on_malformed: {error: error}\n", RIGHT + b"3:abc,", Symptom.EXTRA_REPLY),
        ("on_malformed: {error: error}\n", RIGHT + b"5:error,3:abc,", Symptom.EXTRA_REPLY),
        ("on_malformed: {error: error, allow: [close]}\n", RIGHT + b"5:error,", Symptom.EXTRA_REPLY),
        ("on_malformed: {allow: [close]}\n", RIGHT + b"what?", Symptom.MALFORMED_REPLY),
    ],
)
def test_what_may_come_back_for_a_malformed_frame(
    keys: str, received: bytes, symptom: Symptom | None, oracle_of: OracleOf
) -> None:
    oracle = oracle_of(keys, b"+3:abc,")
    assert symptoms(everything(oracle, received), oracle) == (symptom, None)


@pytest.mark.parametrize(
    ("keys", "ending", "symptom"),
    [
        ("", Ending.CLOSED, None),
        ("", Ending.CLOSED_EARLY, None),
        ("", Ending.RESET, None),
        ("", Ending.RESET_EARLY, None),
        ("", Ending.WAITING, Symptom.NEVER_CLOSED),
        ("", Ending.SPINNING, Symptom.SPIN),
        ("on_malformed: {default: ignore, allow: [ignore]}\n", Ending.CLOSED, None),
        ("on_malformed: {default: ignore, allow: [ignore]}\n", Ending.CLOSED_EARLY, Symptom.CLOSED_EARLY),
        ("on_malformed: {default: ignore, allow: [ignore]}\n", Ending.RESET_EARLY, Symptom.RESET),
    ],
)
def test_how_a_connection_may_end_after_a_malformed_frame(
    keys: str, ending: Ending, symptom: Symptom | None, oracle_of: OracleOf
) -> None:
    oracle = oracle_of(keys, b"+3:abc,")
    assert symptoms(everything(oracle, RIGHT, ending), oracle) == (None, symptom)


@pytest.mark.parametrize(
    ("sent_bytes", "received", "symptom"),
    [
        (9, RIGHT, None),
        (9, RIGHT + b"2:d", None),
        (9, RIGHT + b"1:d,", None),
        (9, RIGHT + b"1:d,0:,", Symptom.EXTRA_REPLY),
        (9, b"3:abd,2:d", Symptom.WRONG_REPLY),
        (9, b"", Symptom.MISSING_REPLY),
        (6, RIGHT + b"2:d", Symptom.MALFORMED_REPLY),
        (6, RIGHT + b"1:d,", Symptom.EXTRA_REPLY),
    ],
)
def test_what_may_have_come_for_an_unfinished_message_where_replies_may_be_early(
    sent_bytes: int, received: bytes, symptom: Symptom | None, oracle_of: OracleOf
) -> None:
    oracle = oracle_of("early_reply: allowed\n", None)
    evidence = Evidence(sent_bytes=sent_bytes, boundaries=(), waits=(), received=received, ending=Ending.CLOSED)
    assert symptoms(evidence, oracle) == (symptom, None)


@pytest.mark.parametrize(("keys", "symptom"), [("", Symptom.EARLY_REPLY), ("early_reply: allowed\n", None)])
def test_a_reply_to_half_a_message(keys: str, symptom: Symptom | None, oracle_of: OracleOf) -> None:
    oracle = oracle_of(keys, None)
    wait = Wait(sent_bytes=9, received_bytes=9, outcome=WaitOutcome.ANSWERED, is_settled=True)
    evidence = everything(oracle, RIGHT + b"2:de,", Ending.CLOSED, wait)
    assert symptoms(evidence, oracle) == (symptom, None)


@pytest.mark.parametrize(
    ("sent_bytes", "half_closed", "received", "symptom"),
    [
        (6, False, b"", None),
        (6, False, RIGHT, None),
        (6, True, b"", Symptom.MISSING_REPLY),
        (6, True, RIGHT, None),
        (5, False, RIGHT, Symptom.EXTRA_REPLY),
        (6, False, b"3:abd,", Symptom.WRONG_REPLY),
        (6, False, RIGHT + b"2:de,", Symptom.EXTRA_REPLY),
    ],
)
def test_a_reply_that_is_due_at_the_end_may_come_once_its_message_is_complete(
    sent_bytes: int, half_closed: bool, received: bytes, symptom: Symptom | None, oracle_of: OracleOf
) -> None:
    oracle = oracle_of("reply_after: end\n", None)
    evidence = Evidence(
        sent_bytes=sent_bytes,
        boundaries=(),
        waits=(),
        received=received,
        ending=Ending.CLOSED,
        half_closed=half_closed,
    )
    assert symptoms(evidence, oracle) == (symptom, None)


def test_replies_to_the_messages_before_a_malformed_frame_may_come_after_a_silence(oracle_of: OracleOf) -> None:
    """Where the frame is looked at first, that is not what the message is replied to."""
    oracle = oracle_of("", b"+3:abc,")
    sent_bytes = len(oracle.conversation.stream.wire)
    silence = Wait(sent_bytes=sent_bytes, received_bytes=0, outcome=WaitOutcome.QUIET, is_settled=True)
    assert symptoms(everything(oracle, RIGHT, Ending.CLOSED, silence), oracle) == (None, None)
    right = oracle_of("", None)
    assert symptoms(everything(right, RIGHT + b"2:de,", Ending.CLOSED, silence), right)[0] is not None
