"""What octets of a stream say, up to where they were delivered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.judge.delivered import Delivered, read_delivered, read_recorded
from shortread.spec.codes import Code
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""
Read = Callable[..., Delivered]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read(spec, name, delivered_bytes)` is what was delivered of a conversation."""

    def read(text: str, name: str, delivered_bytes: int, *, half_closed: bool = False) -> Delivered:
        (tmp_path / "acme.yaml").write_text(HEAD + text)
        codec = load_codec(tmp_path / "acme.yaml")
        conversation = next(one for one in conversations_of(codec) if one.name == name)
        return read_delivered(codec, conversation, delivered_bytes, half_closed=half_closed)

    return read


SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(sizes=SIZES, half_closed=st.booleans(), data=st.data())
def test_recorded_frames_are_complete_with_their_last_octet(
    sizes: list[int], half_closed: bool, data: st.DataObject
) -> None:
    span = Span(name="frame", role=Role.BODY, start=0, end=1)
    frames = tuple(Frame(message=number, wire=bytes(size), spans=(span,)) for number, size in enumerate(sizes))
    conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=Stream(frames=frames))
    delivered_bytes = data.draw(st.integers(0, sum(sizes)))
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    complete = [end for end in ends if end <= delivered_bytes]
    delivered = read_recorded(conversation, delivered_bytes, half_closed=half_closed)
    assert delivered.frames == frames[: len(complete)]
    assert delivered.ends == tuple(complete)
    assert delivered.is_inside_frame is (delivered_bytes not in (0, *ends))
    assert delivered.refusal is None


@given(messages=st.lists(st.binary(max_size=12), min_size=1, max_size=4), half_closed=st.booleans(), data=st.data())
def test_what_is_delivered_is_what_the_receive_loop_gives(
    messages: list[bytes], half_closed: bool, data: st.DataObject, codec: FrameCodec
) -> None:
    stream = Stream(frames=tuple(map(codec.build, messages)))
    conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream)
    delivered_bytes = data.draw(st.integers(0, len(stream.wire)))
    delivered = read_delivered(codec, conversation, delivered_bytes, half_closed=half_closed)
    frames, _ = codec.parse(stream.wire[:delivered_bytes])
    assert delivered.frames == frames
    assert delivered.ends == tuple(sum(len(frame.wire) for frame in frames[: at + 1]) for at in range(len(frames)))
    assert delivered.is_inside_frame is (delivered_bytes not in (*stream.frame_starts, len(stream.wire)))


UNTIL_CLOSE = "frame: {until: close, max: 9}\nreply: echo\nmessages: [[abc]]\n"


@pytest.mark.parametrize(
    ("delivered_bytes", "half_closed", "messages", "is_inside_frame"),
    [
        (0, False, [], False),
        (2, False, [], True),
        (2, True, [b"ab"], False),
        (3, True, [b"abc"], False),
        (0, True, [b""], False),
    ],
)
def test_a_frame_may_be_complete_at_the_end_of_the_stream(
    delivered_bytes: int, half_closed: bool, messages: list[bytes], is_inside_frame: bool, read: Read
) -> None:
    delivered = read(UNTIL_CLOSE, "ordinary/1", delivered_bytes, half_closed=half_closed)
    assert [frame.message for frame in delivered.frames] == messages
    assert delivered.is_inside_frame is is_inside_frame
    assert delivered.half_closed is half_closed


LINES = 'frame: {delimiter: "\\n", max: 3}\nreply: echo\nmessages: [a]\n'


@pytest.mark.parametrize(("delivered_bytes", "refused"), [(2, False), (3, True), (6, True), (7, True)])
def test_a_malformed_frame_is_refused_from_its_first_wrong_octet_or_when_it_is_over(
    delivered_bytes: int, refused: bool, read: Read
) -> None:
    """Nobody has to wait until no octet that may follow could make a frame of it, and everybody may."""
    delivered = read(LINES, "malformed/1", delivered_bytes)
    assert [frame.message for frame in delivered.frames] == [b"a"]
    assert (delivered.refusal is not None) is refused
    assert not delivered.is_inside_frame
    if delivered.refusal is not None:
        assert delivered.refusal.code is Code.TOO_LONG


ASKED = """\
directions:
  client: {delimiter: "\\n", max: 9}
  server:
    - code: {number: digits, width: 3}
    - {what: {choice: when, when: [{if: "peer.body == 'length'", then: u8}], else: nothing}}
    - " "
reply: same-as-whole
messages: [length, ab]
"""


def test_what_was_asked_is_known_where_replies_depend_on_it(read: Read) -> None:
    delivered = read(ASKED, "ordinary/2", 10)
    assert [delivered.asked_at(offset).get("body") for offset in (0, 6, 7, 9, 10)] == [
        None,
        None,
        b"length",
        b"length",
        b"ab",
    ]
    assert read(LINES, "ordinary/1", 2).asked_at(2) == {}
