"""Each message comes back as one frame, as the other side would build it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shortread.expected import Exactly
from shortread.judge.oracle import Oracle

OracleOf = Callable[..., Oracle]

BOTH = """\
directions:
  client: {delimiter: "\\n", max: 9}
  server: {prefix: u8}
reply: echo
messages: [abc, d]
"""


def due(oracle: Oracle, delivered_bytes: int, *, half_closed: bool = False) -> list[tuple[object, bytes | None, int]]:
    """The replies that are due: what each says, its octets, and after how many it became due."""
    replies = oracle.expect(delivered_bytes, half_closed=half_closed).replies
    return [(reply.expected, reply.wire, reply.after_bytes) for reply in replies]


def test_a_message_comes_back_as_the_other_side_writes_it(oracle_of: OracleOf) -> None:
    oracle = oracle_of(BOTH, "ordinary/2")
    first, second = (Exactly(b"abc"), b"\3abc", 4), (Exactly(b"d"), b"\1d", 6)
    assert [due(oracle, delivered) for delivered in (0, 3, 4, 5, 6)] == [[], [], [first], [first], [first, second]]


def test_replies_may_be_due_at_the_end_alone(oracle_of: OracleOf) -> None:
    oracle = oracle_of(BOTH + "reply_after: end\n", "ordinary/2")
    assert due(oracle, 6) == []
    assert len(due(oracle, 6, half_closed=True)) == 2
    assert [len(oracle.expect(delivered).possible) for delivered in (3, 4, 6)] == [0, 1, 2]
    assert oracle.expect(6).wire == b""
    assert oracle.expect(6).most_bytes is None


@pytest.mark.parametrize(
    ("delivered_bytes", "half_closed", "count"),
    [(2, False, 0), (5, False, 0), (5, True, 0), (6, False, 3)],
)
def test_replies_may_be_due_at_the_end_of_a_series(
    delivered_bytes: int, half_closed: bool, count: int, oracle_of: OracleOf
) -> None:
    spec = """\
types:
  line: [{text: {bytes: {until: "\\n"}, max: 9}}]
phases:
  lines: {frame: line, next: {done: "text == ''"}, at_end: error}
  done: {frame: none}
reply: echo
reply_after: series
messages: [[a, bc, ""]]
"""
    oracle = oracle_of(spec)
    assert len(due(oracle, delivered_bytes, half_closed=half_closed)) == count
    assert len(oracle.expect(delivered_bytes, half_closed=half_closed).possible) == count


def test_recorded_frames_come_back_as_they_are(oracle_of: OracleOf) -> None:
    oracle = oracle_of("frames: [{wire: abc, message: 1}, {wire: d}]\nreply: echo\n", "ordinary/2")
    first, second = (Exactly(b"abc"), b"abc", 3), (Exactly(b"d"), b"d", 4)
    assert [due(oracle, delivered) for delivered in (2, 3, 4)] == [[], [first], [first, second]]
    assert oracle.expect(2).is_inside_frame
