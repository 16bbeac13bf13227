"""What must come back is written down: when it is due, and when the implementation ends the connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shortread.evidence import Ending, Evidence
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import PASS, judge
from shortread.results import Symptom

OracleOf = Callable[..., Oracle]

STEPS = """\
frame: {delimiter: "\\n", max: 9}
exchange:
  - {expect: {pattern: "hi.*"}}
  - {send: a, expect: b}
  - {send: c, expect: any}
  - {expect: d}
"""


@pytest.mark.parametrize(("delivered_bytes", "replies"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 4)])
def test_an_answer_is_due_once_the_messages_before_it_are_complete(
    delivered_bytes: int, replies: int, oracle_of: OracleOf
) -> None:
    expectation = oracle_of(STEPS, "ordinary/2").expect(delivered_bytes)
    assert len(expectation.replies) == replies
    assert expectation.wire is None
    assert expectation.is_met_by(b"hi\nb\nx\nd\n"[: [3, 5, 7, 9][replies - 1]])
    assert not expectation.is_met_by(b"hi\nb\nx\nd\n"[: [3, 5, 7, 9][replies - 1] - 1])


@pytest.mark.parametrize(
    ("received", "symptom"),
    [
        (b"hi there\nb\nwhat\nd\n", None),
        (b"ho\nb\nwhat\nd\n", Symptom.WRONG_REPLY),
        (b"hi\nbb\nwhat\nd\n", Symptom.WRONG_REPLY),
        (b"hi\nb\nd\n", Symptom.MISSING_REPLY),
        (b"hi\nb\nwhat\nd\nd\n", Symptom.EXTRA_REPLY),
    ],
)
def test_what_came_is_compared_with_what_is_written(
    received: bytes, symptom: Symptom | None, oracle_of: OracleOf
) -> None:
    evidence = Evidence(sent_bytes=4, boundaries=(), waits=(), received=received, ending=Ending.CLOSED)
    verdict = judge(evidence, oracle_of(STEPS, "ordinary/2"))
    assert (verdict.replies and verdict.replies.symptom) == symptom
    assert (verdict == PASS) is (symptom is None)


@pytest.mark.parametrize(
    ("name", "delivered_bytes", "ends"),
    [("ordinary/1", 0, False), ("ordinary/1", 2, False), ("ordinary/2", 3, False), ("ordinary/2", 4, True)],
)
def test_the_implementation_ends_the_connection_behind_its_last_answer(
    name: str, delivered_bytes: int, ends: bool, oracle_of: OracleOf
) -> None:
    oracle = oracle_of(STEPS + "reply: close\n", name)
    assert oracle.ends_connection(delivered_bytes) is ends
    assert oracle.expect(delivered_bytes).may_close is ends
    assert not oracle_of(STEPS, name).ends_connection(delivered_bytes)


TYPED = """\
types:
  pair: [{size: {number: u8, counts: [body]}}, {body: {bytes: counted}}, {tail: {number: u8}}]
frame: {prefix: u16be}
exchange:
  - {send: a, expect: {type: pair}}
"""


@pytest.mark.parametrize(
    ("body", "is_pair"),
    [(b"\2ab\0", True), (b"\0\0", True), (b"\2ab", False), (b"\2ab\0x", False), (b"", False), (b"\0\0\0\0", False)],
)
def test_a_field_may_have_to_be_of_a_type(body: bytes, is_pair: bool, oracle_of: OracleOf) -> None:
    received = len(body).to_bytes(2, "big") + body
    evidence = Evidence(sent_bytes=3, boundaries=(), waits=(), received=received, ending=Ending.CLOSED)
    verdict = judge(evidence, oracle_of(TYPED))
    assert (verdict == PASS) is is_pair
    assert (verdict.replies is None) is is_pair


def test_a_turn_that_is_not_compared_ends_where_the_other_side_paused(oracle_of: OracleOf) -> None:
    turns = 'turns: [{expect: any}, {send: "a", message: a}, {expect: b}, {send: "c", message: c}, {expect: any}]\n'
    expectation = oracle_of(turns).expect(2)
    assert expectation.is_open
    frames, violation = expectation.read(b"hellobmore", expectation.replies, [(0, 5), (1, 6)])
    assert ([frame.wire for frame in frames], violation) == ([b"hello", b"b", b"more"], None)
