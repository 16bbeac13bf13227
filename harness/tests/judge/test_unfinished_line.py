"""What the end of a stream makes of a line that nothing ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.judge.manner import Manner
from shortread.judge.oracle import Oracle
from shortread.judge.unfinished_line import line_ends, unfinished_line
from shortread.judge.verdict import PASS, judge
from shortread.results import Symptom
from shortread.spec.library import specs_folder

CodecOf = Callable[[str], FrameCodec]
DELIVERING = Manner(delivers_unfinished_line=True)


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("delimited-lf", (b"\n",)),
        ("delimited-crlf", (b"\r\n",)),
        ("delimited-escaped", (b"\n",)),
        ("ndjson", (b"\n", b"\r\n")),
        ("irc", (b"\r\n", b"\n")),
        ("netstring", ()),
        ("mllp", ()),
        ("memcached", ()),
        ("smtp", ()),
        ("two-way-stream", ()),
        ("raw-echo", ()),
    ],
)
def test_a_line_is_content_and_what_ends_it_and_nothing_else(name: str, ends: tuple[bytes, ...]) -> None:
    assert line_ends(load_codec(specs_folder() / f"{name}.yaml")) == ends


@pytest.mark.parametrize(
    ("name", "rest", "message"),
    [
        ("delimited-lf", b"hel", b"hel"),
        ("delimited-lf", b"\r", b"\r"),
        ("delimited-lf", b"", None),
        ("delimited-lf", b"x" * 1025, None),
        ("delimited-crlf", b"hel", b"hel"),
        ("delimited-crlf", b"hel\r", None),
        ("delimited-escaped", b"a\\\\b", b"a\\b"),
        ("delimited-escaped", b"a\\", None),
        ("ndjson", b"12", 12),
        ("ndjson", b'{"a": 1', None),
        ("ndjson", b'"\xc3', None),
    ],
)
def test_octets_without_an_end_are_a_line_or_nobody_knows(name: str, rest: bytes, message: object) -> None:
    line = unfinished_line(load_codec(specs_folder() / f"{name}.yaml"), rest)
    assert (line and line.message) == message


@pytest.fixture
def oracle_of(tmp_path: Path) -> Callable[..., Oracle]:
    """`oracle_of(reply, **keys)` is the oracle of the lines `abc` and `def`, of whoever delivers unfinished ones."""

    def make(reply: str, **keys: object) -> Oracle:
        head = "shortread: spec/1\nprotocol: acme\ntitle: Acme\nreference: none\n"
        frame = 'frame: {delimiter: "\\r\\n", max: 16}\nmessages: [abc, def]\n'
        (tmp_path / "acme.yaml").write_text(f"{head}{frame}{reply}\n")
        codec = load_codec(tmp_path / "acme.yaml")
        conversation = next(one for one in conversations_of(codec) if one.name == "ordinary/2")
        return Oracle(codec, conversation, manner=DELIVERING, **keys)  # type: ignore[arg-type]

    return make


def ended_after(sent_bytes: int, received: bytes) -> Evidence:
    return Evidence(sent_bytes=sent_bytes, boundaries=(), waits=(), received=received, ending=Ending.CLOSED)


@pytest.mark.parametrize("reply", [b"de\r\n", b"de"])
def test_it_is_due_at_the_end(reply: bytes, oracle_of: Callable[..., Oracle]) -> None:
    oracle = oracle_of("reply: echo")
    assert judge(ended_after(7, b"abc\r\n" + reply), oracle) == PASS
    missing = judge(ended_after(7, b"abc\r\n"), oracle)
    assert missing.replies is not None
    assert missing.replies.symptom is Symptom.MISSING_REPLY


@pytest.mark.parametrize("received", [b"abc\r\n", b"abc\r\ndef\r\n", b"abc\r\ndef\r\r\n"])
def test_it_may_be_anything_where_its_end_was_cut_in_two(received: bytes, oracle_of: Callable[..., Oracle]) -> None:
    assert judge(ended_after(9, received), oracle_of("reply: echo")) == PASS


def test_nothing_is_due_where_the_stream_ends_between_two_lines(oracle_of: Callable[..., Oracle]) -> None:
    verdict = judge(ended_after(5, b"abc\r\n\r\n"), oracle_of("reply: echo"))
    assert verdict.replies is not None
    assert verdict.replies.symptom is Symptom.EXTRA_REPLY


def test_it_is_early_before_the_end(oracle_of: Callable[..., Oracle]) -> None:
    wait = Wait(sent_bytes=7, received_bytes=9, outcome=WaitOutcome.ANSWERED, is_settled=True)
    verdict = judge(replace(ended_after(7, b"abc\r\nde\r\n"), waits=(wait,)), oracle_of("reply: echo"))
    assert verdict.replies is not None
    assert verdict.replies.symptom is Symptom.EARLY_REPLY


@pytest.mark.parametrize("received", [b"yes\r\n", b"yes\r\nwhat?\r\n"])
def test_what_follows_from_half_a_question_is_not_written_down(
    received: bytes, oracle_of: Callable[..., Oracle]
) -> None:
    exchange = "exchange: [{send: abc, expect: yes}, {send: def, expect: no}]"
    assert judge(ended_after(7, received), oracle_of(exchange)) == PASS
    assert judge(ended_after(7, received + b"more\r\n" * 2), oracle_of(exchange)) != PASS


def test_a_close_ends_it_too_and_so_may_a_reset(oracle_of: Callable[..., Oracle]) -> None:
    oracle = oracle_of("reply: transcript", transcript=re.compile("(?P<text>.+)\n"))
    closed = replace(ended_after(7, b""), half_closed=False)
    for written in (b"abc\n", b"abc\nde\n"):
        assert judge(replace(closed, received=written), oracle) == PASS
    assert judge(replace(closed, received=b"abc\nd\n"), oracle) != PASS
    left = replace(closed, received=b"abc\nde\n", ending=Ending.CLOSED_EARLY)
    verdict = judge(left, oracle)
    assert verdict.replies is not None
    assert verdict.replies.symptom is Symptom.EXTRA_REPLY
