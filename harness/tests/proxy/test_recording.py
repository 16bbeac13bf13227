"""A conversation that was heard becomes a spec that says the same, or is refused with the reason."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.errors import UsageError
from shortread.proxy.capture import NoTap
from shortread.proxy.recording import Recording, as_spec
from shortread.spec.expansion import expanded
from shortread.spec.library import specs_folder

TURNS = st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=20)), min_size=1).map(
    lambda turns: [(True, b"first"), *turns]
)


@pytest.fixture
def recording() -> Iterator[Recording]:
    """A recording of nothing yet."""
    loop = asyncio.new_event_loop()
    yield Recording(loop.create_future())
    loop.close()


def recording_of(*turns: tuple[bool, bytes]) -> Recording:
    loop = asyncio.new_event_loop()
    heard = Recording(loop.create_future())
    loop.close()
    for is_client, octets in turns:
        heard.hear(octets, is_client=is_client)
    return heard


def taps(recording: Recording) -> tuple[NoTap, NoTap]:
    with socket.socket() as any_socket:
        return recording.tap(any_socket, is_client=True), recording.tap(any_socket, is_client=False)


# What was heard


def test_octets_of_one_side_in_a_row_are_one_turn(recording: Recording) -> None:
    client, server = taps(recording)
    client.received(memoryview(b"he"))
    client.received(memoryview(b"llo"))
    server.received(memoryview(b"HEL"))
    server.received(memoryview(b"LO"))
    client.received(memoryview(b"bye"))
    assert recording.said == [(True, b"hello"), (False, b"HELLO"), (True, b"bye")]


def test_a_conversation_is_over_when_both_sides_have_ended_it(recording: Recording) -> None:
    client, server = taps(recording)
    client.sent_end()
    assert not recording.ended.done()
    server.sent_end()
    assert recording.ended.result() is None


def test_a_reset_is_no_good_end_whenever_it_comes(recording: Recording) -> None:
    client, server = taps(recording)
    client.sent_end()
    server.reset(by_peer=True)
    with pytest.raises(UsageError) as refused:
        recording.ended.result()
    assert str(refused.value) == (
        "the conversation: expected both sides to end it in good order, found a reset; "
        "record one that goes well; nothing was written"
    )
    # The other side is reset as well, and there is nothing more to say.
    client.reset(by_peer=False)


def test_nobody_listens_to_the_connections_after_the_first(recording: Recording) -> None:
    taps(recording)
    second_client, second_server = taps(recording)
    second_client.received(memoryview(b"hello"))
    second_client.sent_end()
    second_server.sent_end()
    assert recording.said == []
    assert not recording.ended.done()


# What becomes of it


@given(TURNS)
def test_a_spec_of_turns_says_what_was_said(turns: list[tuple[bool, bytes]]) -> None:
    heard = recording_of(*turns)
    spec = as_spec(heard, name="mine", codec=None)
    said = [(turn.send is not None, turn.expect if turn.send is None else turn.send) for turn in spec.turns or []]
    assert said == [(is_client, bytes(octets)) for is_client, octets in heard.said]


@given(turns=TURNS)
def test_what_is_written_is_read_as_the_same(turns: list[tuple[bool, bytes]], tmp_path_factory: object) -> None:
    folder = tmp_path_factory.mktemp("specs")  # type: ignore[attr-defined]
    spec = as_spec(recording_of(*turns), name="mine", codec=None)
    (Path(folder) / "mine.yaml").write_text(expanded(spec))
    assert load_codec(Path(folder) / "mine.yaml").spec == spec


def test_with_a_spec_every_frame_is_a_turn_that_says_its_message(netstring: FrameCodec) -> None:
    heard = recording_of((True, b"5:hello,3:foo,"), (False, b"5:hello,3:foo,"), (True, b"0:,"), (False, b"0:,"))
    turns = as_spec(heard, name="mine", codec=netstring).turns or []
    assert [(turn.send, turn.message, turn.expect) for turn in turns] == [
        (b"5:hello,", b"hello", None),
        (b"3:foo,", b"foo", None),
        (None, None, b"5:hello,3:foo,"),
        (b"0:,", b"", None),
        (None, None, b"0:,"),
    ]


@pytest.mark.parametrize(
    ("said", "more", "found"),
    [
        (b"5:hello,3:fo", b"", "eof_inside at octet 12"),
        (b"5:hello,x", b"", "non_digit_length at octet 8"),
        (b"5:hello,3:f", b"oo,", "a reply inside a frame"),
    ],
)
def test_octets_that_are_no_frames_of_the_spec_are_refused(
    said: bytes, more: bytes, found: str, netstring: FrameCodec
) -> None:
    heard = recording_of((True, said), (False, b"ok"), *([(True, more)] if more else []))
    with pytest.raises(UsageError) as refused:
        as_spec(heard, name="mine", codec=netstring)
    assert str(refused.value) == (
        f"the conversation: expected frames of netstring from the client, found {found}; "
        "leave out --spec, or name the right one"
    )


def test_octets_that_stand_between_frames_are_refused_too() -> None:
    """No turn could say them again."""
    slip = load_codec(specs_folder() / "slip.yaml")
    with pytest.raises(UsageError, match=r"frames of slip from the client, found 3 octets between"):
        as_spec(recording_of((True, b"\xc0\xc0abc\xc0\xc0"), (False, b"ok")), name="mine", codec=slip)


@pytest.mark.parametrize("turns", [[], [(False, b"welcome")]], ids=["nobody", "the server alone"])
def test_a_client_that_says_nothing_is_refused(turns: list[tuple[bool, bytes]]) -> None:
    with pytest.raises(UsageError) as refused:
        as_spec(recording_of(*turns), name="mine", codec=None)
    assert str(refused.value) == (
        "the conversation: expected a client that says something, found nothing; "
        "let the client talk to the address of --listen"
    )


def test_the_spec_names_its_document(netstring: FrameCodec) -> None:
    heard = recording_of((True, b"0:,"), (False, b"0:,"))
    assert as_spec(heard, name="mine", codec=netstring).reference == netstring.spec.reference
    assert as_spec(heard, name="mine", codec=None).reference == "a conversation that was recorded"
