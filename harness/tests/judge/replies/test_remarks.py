"""What a transcript says of the stream itself: that it has ended, or that there is an error in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.judge.manner import Manner
from shortread.judge.oracle import Oracle
from shortread.judge.replies.transcript import Remark, read_remarks
from shortread.judge.verdict import PASS, judge
from shortread.results import Symptom
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Kind, Stream

END, ERROR = b'{"end": true}\n', b'{"error": "too long"}\n'
HELLO, FOO, EMPTY = (b'{"message": "%s"}\n' % word for word in (b"hello", b"foo", b""))

Written = Callable[..., Any]


def test_remarks_are_lines_of_their_own() -> None:
    assert read_remarks(HELLO + END + b"\n" + FOO + ERROR + END[:-1]) == (
        Remark(name="end", offset=len(HELLO + END), messages_behind=1),
        Remark(name="error", offset=len(HELLO + END + b"\n" + FOO + ERROR), messages_behind=0),
    )


@pytest.mark.parametrize(
    "line",
    [
        b'{"end": false}',
        b'{"end": 1}',
        b'{"message": "a", "end": true}',
        b'{"message": {"error": "no"}}',
        b'["end"]',
        b'"error"',
        b'done: {"end": true}',
        b"[" * 100_000 + b'"end"',
    ],
    ids=lambda line: line[:30].decode(),
)
def test_what_only_looks_like_a_remark_is_none(line: bytes) -> None:
    assert read_remarks(line + b"\n") == ()


def oracle_for(spec: str, wire: bytes, *, kind: Kind = Kind.ORDINARY, manner: Manner = Manner()) -> Oracle:  # noqa: B008 - frozen
    codec = load_codec(specs_folder() / f"{spec}.yaml")
    frames, _ = codec.parse(wire)
    conversation = Conversation(name=f"{kind}/1", kind=kind, stream=Stream(frames=frames))
    return Oracle(codec, conversation, transcript="json-lines", manner=manner)


@pytest.fixture
def verdict_of() -> Written:
    """`verdict_of(written)` judges what was written down of the netstrings hello and foo."""

    def make(written: bytes, *, manner: Manner = Manner(), **keys: Any) -> Any:  # noqa: B008 - frozen
        evidence = {"sent_bytes": 14, "boundaries": (), "waits": (), "ending": Ending.CLOSED, **keys}
        return judge(Evidence(received=written, **evidence), oracle_for("netstring", b"5:hello,3:foo,", manner=manner))

    return make


def waited(sent_bytes: int, received_bytes: int) -> Wait:
    return Wait(sent_bytes=sent_bytes, received_bytes=received_bytes, outcome=WaitOutcome.ANSWERED, is_settled=True)


@pytest.mark.parametrize(
    "written",
    [HELLO + FOO, HELLO + FOO + END, HELLO + FOO + END + END, HELLO + FOO + b'{"end": false}\n'],
    ids=["no remark", "the end", "the end twice", "no end"],
)
def test_whoever_says_nothing_and_whoever_tells_the_end_are_right(written: bytes, verdict_of: Written) -> None:
    assert verdict_of(written) == PASS
    assert verdict_of(written, waits=(waited(8, len(HELLO)), waited(14, len(HELLO + FOO)))) == PASS


def test_the_end_before_the_stream_has_ended_is_wrong(verdict_of: Written) -> None:
    verdict = verdict_of(HELLO + FOO + END, waits=(waited(14, len(HELLO + FOO + END)),))
    assert verdict.replies.symptom is Symptom.EARLY_REPLY
    assert verdict.replies.text == "it said that the stream had ended after 14 octets, when it had not"


def test_a_message_behind_the_end_is_wrong(verdict_of: Written) -> None:
    verdict = verdict_of(HELLO + END + FOO)
    assert verdict.replies.symptom is Symptom.EXTRA_REPLY
    assert verdict.replies.text == "it said that the stream had ended, and wrote down 1 message behind that"


def test_an_error_where_everything_is_well_formed_is_wrong(verdict_of: Written) -> None:
    verdict = verdict_of(HELLO + FOO + ERROR)
    assert verdict.replies.symptom is Symptom.WRONG_REPLY
    assert verdict.replies.text == "it said that there was an error where everything was well-formed"


def test_a_message_that_is_missing_is_worse_than_a_remark(verdict_of: Written) -> None:
    assert verdict_of(HELLO + ERROR).replies.symptom is Symptom.MISSING_REPLY


@pytest.mark.parametrize("remark", [b"", END, ERROR])
def test_an_unfinished_message_may_be_an_error_or_nothing(remark: bytes, verdict_of: Written) -> None:
    assert verdict_of(HELLO + remark, sent_bytes=11) == PASS


def test_a_remark_excuses_no_message_that_nobody_sent(verdict_of: Written) -> None:
    assert verdict_of(HELLO + FOO + ERROR, sent_bytes=11).replies.symptom is Symptom.EXTRA_REPLY


def test_a_reset_is_an_error(verdict_of: Written) -> None:
    assert verdict_of(HELLO + FOO + ERROR, half_closed=False) == PASS


def test_what_a_function_raises_at_the_end_is_no_remark(verdict_of: Written) -> None:
    assert verdict_of(HELLO + FOO + ERROR, manner=Manner(makes_remarks=False)) == PASS


@pytest.mark.parametrize("remark", [b"", END, ERROR, ERROR + END])
def test_a_malformed_frame_may_be_an_error_at_once(remark: bytes) -> None:
    codec = load_codec(specs_folder() / "netstring.yaml")
    malformed = next(one for one in conversations_of(codec) if one.kind is Kind.MALFORMED)
    size = len(malformed.stream.wire)
    written = b'{"message": "hello"}\n' + remark
    told = Evidence(
        sent_bytes=size,
        boundaries=(),
        waits=(waited(size, len(written)),),
        received=written,
        ending=Ending.CLOSED_EARLY,
    )
    assert judge(told, Oracle(codec, malformed, transcript="json-lines")) == PASS


LAST_BLOCK = b"\0\0\0\5hello\0\0\0\0"


def test_the_end_may_be_told_where_nothing_more_may_come() -> None:
    """The empty block is the last one, whether the stream has ended or not."""
    oracle = oracle_for("blocks-u32", LAST_BLOCK)
    written = HELLO + EMPTY + END
    told = Evidence(
        sent_bytes=13, boundaries=(), waits=(waited(13, len(written)),), received=written, ending=Ending.CLOSED
    )
    assert judge(told, oracle) == PASS


def test_a_stream_without_its_last_block_is_an_error_though_every_block_is_whole() -> None:
    oracle = oracle_for("blocks-u32", LAST_BLOCK)
    told = Evidence(sent_bytes=9, boundaries=(), waits=(), received=HELLO + ERROR, ending=Ending.CLOSED)
    assert judge(told, oracle) == PASS
