"""What came back for the whole conversation is what must come back, apart from what is volatile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.expected import is_met
from shortread.judge.oracle import Oracle
from shortread.judge.replies.same_as_whole import without_volatile
from shortread.judge.verdict import PASS, judge
from shortread.results import Reason, Symptom

OracleOf = Callable[..., Oracle]

LINES = 'frame: {delimiter: "\\n", max: 9}\nreply: same-as-whole\nmessages: [a, bc]\n'
NUMBERED = """\
directions:
  client: {delimiter: "\\n", max: 9}
  server: [{number: {number: digits, max_digits: 3}}, " ", {text: {bytes: {until: "\\n"}, max: 9}}]
reply: same-as-whole
messages: [a, bc]
"""


def wait(sent_bytes: int, received_bytes: int) -> Wait:
    return Wait(sent_bytes=sent_bytes, received_bytes=received_bytes, outcome=WaitOutcome.QUIET, is_settled=True)


def showing(received: bytes, *waits: tuple[int, int], sent_bytes: int = 5) -> Evidence:
    return Evidence(
        sent_bytes=sent_bytes,
        boundaries=(),
        waits=tuple(wait(*one) for one in waits),
        received=received,
        ending=Ending.CLOSED,
    )


def test_before_anything_was_learned_nobody_knows_when_all_has_come(oracle_of: OracleOf) -> None:
    oracle = oracle_of(LINES, "ordinary/2")
    assert oracle.is_learning
    assert oracle.expect(2).is_open
    assert not oracle.expect(2).is_met_by(b"anything\n")
    assert oracle.expect(2).most_bytes is None


def test_what_was_thought_before_it_was_learned_does_not_count(oracle_of: OracleOf) -> None:
    oracle = oracle_of(LINES, "ordinary/2")
    assert oracle.expect(5).is_open
    oracle.learn(showing(b"A\nBC\n", (2, 2), (5, 5)))
    assert not oracle.expect(5).is_open
    assert oracle.expect(5).wire == b"A\nBC\n"


def test_what_had_come_at_a_wait_must_have_come_by_then(oracle_of: OracleOf) -> None:
    oracle = oracle_of(LINES, "ordinary/2")
    whole = showing(b"hi\nA\nA\nBC\nbye\n", (0, 3), (2, 7), (5, 10))
    oracle.learn(whole)
    assert not oracle.is_learning
    assert [oracle.expect(sent).wire for sent in (0, 1, 2, 4, 5)] == [
        b"hi\n",
        b"hi\n",
        b"hi\nA\nA\n",
        b"hi\nA\nA\n",
        b"hi\nA\nA\nBC\n",
    ]
    assert oracle.expect(5, half_closed=True).wire == whole.received
    assert judge(whole, oracle) == PASS


@pytest.mark.parametrize(
    ("sent_bytes", "received", "symptom"),
    [
        (5, b"A\nBC\nbye\n", None),
        (5, b"A\nBC\n", Symptom.MISSING_REPLY),
        (5, b"A\nBC\nhm\n", Symptom.WRONG_REPLY),
        (2, b"A\nbye\n", None),
        (2, b"A\n", None),
        (2, b"A\n1 line\n", None),
        (2, b"B\nbye\n", Symptom.WRONG_REPLY),
        (2, b"A\nbye\nbye\n", Symptom.EXTRA_REPLY),
        (4, b"A\nbye\n", None),
    ],
)
def test_what_is_said_to_the_end_of_the_stream_may_differ_at_another_end(
    sent_bytes: int, received: bytes, symptom: Symptom | None, oracle_of: OracleOf
) -> None:
    oracle = oracle_of(LINES, "ordinary/2")
    oracle.learn(showing(b"A\nBC\nbye\n", (2, 2), (5, 5)))
    verdict = judge(showing(received, sent_bytes=sent_bytes), oracle)
    assert (verdict.replies and verdict.replies.symptom) == symptom


@pytest.mark.parametrize(
    ("received", "symptom"),
    [
        (b"A\nBC\n", None),
        (b"A\n", Symptom.MISSING_REPLY),
        (b"A\nB\n", Symptom.WRONG_REPLY),
        (b"A\nBC\nD\n", Symptom.EXTRA_REPLY),
    ],
)
def test_what_comes_later_is_compared(received: bytes, symptom: Symptom | None, oracle_of: OracleOf) -> None:
    oracle = oracle_of(LINES, "ordinary/2")
    oracle.learn(showing(b"A\nBC\n", (2, 2), (5, 5)))
    verdict = judge(showing(received), oracle)
    assert (verdict.replies and verdict.replies.symptom) == symptom


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (
            b"",
            Reason(
                symptom=Symptom.MISSING_REPLY,
                text="nothing came back for the whole conversation, so that there is nothing to compare with",
            ),
        ),
        (
            b"A\nBC",
            Reason(
                symptom=Symptom.MALFORMED_REPLY,
                text="what came back for the whole conversation is no sequence of frames: eof_inside",
            ),
        ),
    ],
)
def test_there_must_be_something_to_compare_with(received: bytes, reason: Reason, oracle_of: OracleOf) -> None:
    oracle = oracle_of(LINES, "ordinary/2")
    oracle.learn(showing(received, (2, 0)))
    assert oracle.is_learning
    assert judge(showing(received, (2, 0)), oracle).replies == reason


@pytest.mark.parametrize(
    ("volatile", "received", "passes"),
    [
        ("[]", b"1 a\n2 bc\n", True),
        ("[]", b"7 a\n8 bc\n", False),
        ("[number]", b"7 a\n8 bc\n", True),
        ("[number]", b"7 a\n8 bd\n", False),
        ("[text]", b"1 x\n2 y\n", True),
        ("[text]", b"1 x\n3 y\n", False),
        ("[number, text]", b"7 x\n8 y\n", True),
        ("[number, text]", b"7 x\n", False),
    ],
)
def test_what_is_volatile_is_not_compared(volatile: str, received: bytes, passes: bool, oracle_of: OracleOf) -> None:
    oracle = oracle_of(NUMBERED + f"volatile: {volatile}\n", "ordinary/2")
    oracle.learn(showing(b"1 a\n2 bc\n", (2, 4), (5, 9)))
    assert (judge(showing(received), oracle) == PASS) is passes


MESSAGES = st.dictionaries(
    st.sampled_from(["kind", "body", "size"]), st.integers(0, 2) | st.binary(max_size=2), min_size=1
)


@given(MESSAGES, st.lists(st.sampled_from(["kind", "body"]), unique=True).map(tuple), st.data())
def test_a_message_is_the_same_where_only_what_is_volatile_differs(
    message: dict[str, int | bytes], volatile: tuple[str, ...], data: st.DataObject
) -> None:
    expected = without_volatile(message, volatile)
    other = {name: data.draw(st.integers(0, 2)) for name in message}
    differs = any(other[name] != value for name, value in message.items() if name not in volatile)
    assert is_met(expected, message)
    assert is_met(expected, other) is not differs


@pytest.mark.parametrize("named", ["headers.date", "headers.Date"])
def test_a_line_of_headers_may_be_volatile(named: str) -> None:
    message = {"headers": (("Date", "today"), ("Size", "3")), "body": b"abc"}
    expected = without_volatile(message, (named,))
    assert is_met(expected, {"headers": (("Date", "tomorrow"), ("Size", "3")), "body": b"abc"})
    assert not is_met(expected, {"headers": (("Date", "today"), ("Size", "4")), "body": b"abc"})
    assert not is_met(expected, {"headers": (("Size", "3"),), "body": b"abc"})
    assert not is_met(expected, {"headers": (("Date", "tomorrow"), ("Size", "3")), "body": b"abd"})


@pytest.mark.parametrize("named", ["body.time", "body.Time"])
def test_a_member_may_be_volatile(named: str) -> None:
    expected = without_volatile({"body": {"Time": 5, "name": "x"}}, (named,))
    assert is_met(expected, {"body": {"Time": 6, "name": "x"}})
    assert not is_met(expected, {"body": {"Time": 6, "name": "y"}})
    assert not is_met(expected, {"body": {"name": "x"}})


def test_a_malformed_frame_may_be_refused_in_plain_text(oracle_of: OracleOf) -> None:
    oracle = oracle_of(LINES, "malformed/1")
    sent_bytes = len(oracle.conversation.stream.wire)
    whole = showing(b"A\nsorry, that is too long", (2, 2), sent_bytes=sent_bytes)
    oracle.learn(whole)
    assert judge(whole, oracle) == PASS
    assert judge(showing(b"A\n", sent_bytes=sent_bytes), oracle) == PASS
    assert judge(showing(b"", sent_bytes=sent_bytes), oracle) != PASS


def test_recorded_frames_are_compared_octet_by_octet(oracle_of: OracleOf) -> None:
    oracle = oracle_of("frames: [{wire: ab}, {wire: c}]\n", "ordinary/2")
    oracle.learn(showing(b"12345", (2, 3), (3, 5), sent_bytes=3))
    assert [oracle.expect(sent).wire for sent in (1, 2, 3)] == [b"", b"123", b"12345"]
    assert judge(showing(b"12345", sent_bytes=3), oracle) == PASS
    assert judge(showing(b"12346", sent_bytes=3), oracle) != PASS
