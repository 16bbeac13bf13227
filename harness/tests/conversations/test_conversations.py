"""What the harness says: few messages before many, and every long one with a short one behind it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.loading import load_codec
from shortread.conversations.boundary import boundary
from shortread.conversations.ordinary import LONGEST_ORDINARY_FRAME_BYTES, ordinary
from shortread.conversations.table import conversations_of
from shortread.spec.library import spec_names, specs_folder
from shortread.stream import Frame, Kind, Role, Span

LIMIT = LONGEST_ORDINARY_FRAME_BYTES


def frame_of(size, *, message=b""):
    return Frame(message=message, wire=bytes(size), spans=(Span(name="body", role=Role.BODY, start=0, end=size),))


def frames(*sizes):
    """Frames of these sizes, each with its place as its message."""
    return [frame_of(size, message=place) for place, size in enumerate(sizes)]


def said(conversations):
    """The messages of each conversation."""
    return [[frame.message for frame in conversation.stream.frames] for conversation in conversations]


# Ordinary


def test_ordinary_says_one_message_then_two_then_three_then_all():
    assert said(ordinary(frames(5, 2, 9, 4, 7))) == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("count", "messages"),
    [(1, [[0]]), (2, [[0], [0, 1]]), (3, [[0], [0, 1], [0, 1, 2]])],
)
def test_ordinary_says_nothing_twice_when_there_are_few_messages(count, messages):
    assert said(ordinary(frames(*[5] * count))) == messages


def test_ordinary_leaves_out_long_messages():
    assert said(ordinary(frames(LIMIT + 1, LIMIT, 9000, 3))) == [[1], [1, 3]]


def test_ordinary_says_nothing_when_every_message_is_long():
    assert ordinary(frames(257, 900)) == ()


def test_where_no_message_is_short_those_are_said_that_are_not_very_long():
    assert said(ordinary(frames(900, LIMIT + 1, 256))) == [[1], [1, 2]]
    assert said(boundary(frames(900, LIMIT + 1, 256))) == [[0, 1]]


# Boundary


def test_boundary_says_every_long_message_with_the_first_short_one_behind_it():
    assert said(boundary(frames(LIMIT + 1, LIMIT, 9000, 3))) == [[0, 1], [2, 1]]


def test_boundary_says_nothing_when_no_message_is_long():
    assert boundary(frames(LIMIT)) == ()


def test_boundary_repeats_the_first_message_where_none_is_short():
    assert said(boundary(frames(900, 800))) == [[0, 0], [1, 0]]


# All of them

SIZES = st.lists(st.integers(1, 2 * LIMIT), min_size=1, max_size=8)


@given(SIZES)
def test_every_message_is_said(sizes):
    given_frames = frames(*sizes)
    heard = {message for each in said([*ordinary(given_frames), *boundary(given_frames)]) for message in each}
    assert heard == set(range(len(sizes)))


@given(SIZES)
def test_a_conversation_is_named_by_its_kind_and_number(sizes):
    for kind, conversations in (
        (Kind.ORDINARY, ordinary(frames(*sizes))),
        (Kind.BOUNDARY, boundary(frames(*sizes))),
    ):
        named = [(conversation.kind, conversation.name) for conversation in conversations]
        assert named == [(kind, f"{kind}/{number}") for number, _ in enumerate(conversations, start=1)]


@given(SIZES)
def test_ordinary_conversations_begin_alike_and_grow(sizes):
    messages = said(ordinary(frames(*sizes)))
    assert [longer[: len(shorter)] for shorter, longer in pairwise(messages)] == messages[:-1]


# The shipped specs

shipped = pytest.mark.parametrize("name", spec_names())


@shipped
def test_a_stream_parses_as_the_messages_of_its_conversation(name):
    codec = load_codec(specs_folder() / f"{name}.yaml")
    for conversation in conversations_of(codec):
        if conversation.kind is not Kind.MALFORMED:
            wire = conversation.stream.wire
            assert codec.parse(wire, conversation.said_by_peer) == (conversation.stream.frames, None)


@shipped
def test_only_the_last_frame_of_a_malformed_conversation_is_refused(name):
    codec = load_codec(specs_folder() / f"{name}.yaml")
    for conversation in conversations_of(codec):
        if conversation.kind is Kind.MALFORMED:
            right, wrong = conversation.stream.frames
            frames, violation = codec.parse(conversation.stream.wire)
            assert frames == (right,)
            assert violation is not None
            assert len(right.wire) <= violation.offset <= len(right.wire) + len(wrong.wire)


@shipped
def test_the_conversations_of_a_spec_are_always_the_same(name):
    path = specs_folder() / f"{name}.yaml"
    assert conversations_of(load_codec(path)) == conversations_of(load_codec(path))


@shipped
def test_names_are_unique_within_a_spec(name):
    names = [conversation.name for conversation in conversations_of(load_codec(specs_folder() / f"{name}.yaml"))]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("text-u16", {Kind.ORDINARY: [1, 2, 3, 6], Kind.BOUNDARY: [2, 2, 2]}),
        ("netstring", {Kind.ORDINARY: [1, 2, 3, 8], Kind.BOUNDARY: [2, 2]}),
        ("delimited-crlf", {Kind.ORDINARY: [1, 2, 3, 9], Kind.BOUNDARY: [2, 2]}),
        ("fixed-16", {Kind.ORDINARY: [1, 2, 3, 6], Kind.BOUNDARY: []}),
    ],
)
def test_a_spec_gives_conversations_of_both_kinds_where_it_has_long_messages(name, counts):
    conversations = conversations_of(load_codec(specs_folder() / f"{name}.yaml"))
    assert counts == {kind: [len(said.stream.frames) for said in conversations if said.kind is kind] for kind in counts}
