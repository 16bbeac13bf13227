"""What follows from any prefix of a stream."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.judge.oracle import Oracle
from shortread.stream import Conversation, Kind, Stream


@pytest.mark.parametrize(
    ("delivered_bytes", "messages", "wire", "is_inside_frame"),
    [
        (0, [], b"", False),
        (1, [], b"", True),
        (7, [], b"", True),
        (8, ["hello"], b"5:hello,", False),
        (9, ["hello"], b"5:hello,", True),
        (13, ["hello"], b"5:hello,", True),
        (14, ["hello", "foo"], b"5:hello,3:foo,", False),
    ],
)
def test_each_complete_message_is_replied_to(
    delivered_bytes: int, messages: list[str], wire: bytes, is_inside_frame: bool, oracle: Oracle
) -> None:
    expectation = oracle.expect(delivered_bytes)
    assert [reply.expected.value for reply in expectation.replies] == [message.encode() for message in messages]
    assert expectation.wire == wire
    assert expectation.is_inside_frame is is_inside_frame


@given(messages=st.lists(st.binary(max_size=12), min_size=1, max_size=4), data=st.data())
def test_an_expectation_depends_on_the_frames_that_are_complete(
    messages: list[bytes], data: st.DataObject, codec: FrameCodec
) -> None:
    stream = Stream(frames=tuple(map(codec.build, messages)))
    oracle = Oracle(codec, Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream))
    delivered_bytes = data.draw(st.integers(0, len(stream.wire)))
    edges = [*stream.frame_starts, len(stream.wire)]
    complete = sum(edge <= delivered_bytes for edge in edges[1:])
    expectation = oracle.expect(delivered_bytes)
    assert [reply.expected.value for reply in expectation.replies] == messages[:complete]
    assert expectation.wire == stream.wire[: edges[complete]]
    assert expectation.is_inside_frame is (delivered_bytes not in edges)


@pytest.mark.parametrize(("delivered_bytes", "is_over"), [(0, False), (8, False), (13, False), (14, True)])
def test_whoever_ends_the_connection_after_so_many_octets_may_close_then(
    *, delivered_bytes: int, is_over: bool, oracle: Oracle
) -> None:
    assert not oracle.ends_connection(delivered_bytes)
    ending = Oracle(oracle.codec, replace(oracle.conversation, ends_after_bytes=14))
    assert ending.ends_connection(delivered_bytes) is is_over
    assert ending.expect(delivered_bytes).may_close is is_over
