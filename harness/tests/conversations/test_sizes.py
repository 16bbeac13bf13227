"""Single messages of some sizes: around buffers, and where a length no longer fits into so many bits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.sizes import conversations_of_sizes
from shortread.spec.library import spec_names, specs_folder
from shortread.stream import Kind

NARROW_BYTES = (1 << 7, 1 << 8, 1 << 15, 1 << 16)
BUFFERS_BYTES = (1 << 8, 1 << 10, 1 << 12, 1 << 13)
FILLED_BYTES = (1 << 10, 1 << 12, 1 << 16)


def codec_of(name):
    return load_codec(specs_folder() / f"{name}.yaml")


def payload_bytes(message):
    """How long the message is, or the longest of its fields."""
    fields = message.values() if isinstance(message, Mapping) else [message]
    return max(len(field) for field in fields if isinstance(field, str | bytes))


def sizes_of(name):
    """How long each message is, and how long its frame."""
    streams = [conversation.stream for conversation in conversations_of_sizes(codec_of(name))]
    return [(payload_bytes(stream.frames[0].message), len(stream.wire)) for stream in streams]


@pytest.mark.parametrize("name", ["text-u16", "netstring", "ldap", "mllp", "kafka", "grpc"])
def test_the_last_length_that_fits_and_the_first_that_does_not(name):
    messages_bytes = {message for message, _ in sizes_of(name)}
    longest_bytes = max(messages_bytes)
    assert longest_bytes >= 1 << 15
    edges = {size for limit in NARROW_BYTES for size in (limit - 1, limit)}
    assert {size for size in edges if size <= longest_bytes} <= messages_bytes
    assert min(messages_bytes) < min(NARROW_BYTES) - 1


@pytest.mark.parametrize("name", ["text-u16", "netstring", "ldap", "mllp", "kafka", "grpc"])
def test_one_message_is_an_octet_longer_than_a_buffer(name):
    """And some other is in between this buffer and the one before, so that it is seen which of them it is."""
    messages_bytes = {message for message, _ in sizes_of(name)}
    assert {limit + 1 for limit in BUFFERS_BYTES} <= messages_bytes
    assert all(any(low < size <= high for size in messages_bytes) for low, high in pairwise(BUFFERS_BYTES))


@pytest.mark.parametrize("name", ["text-u16", "netstring", "ldap", "mllp", "digits-5", "kafka", "grpc"])
def test_a_frame_fills_each_buffer_exactly(name):
    assert set(FILLED_BYTES) <= {frame for _, frame in sizes_of(name)}


@pytest.mark.parametrize(
    ("name", "longest_message_bytes"), [("delimited-crlf", 1022), ("irc", 257), ("slip", 1000), ("tls-record", 8193)]
)
def test_what_the_spec_does_not_allow_is_left_out(name, longest_message_bytes):
    """A frame that fills a buffer is there where it is not longer than the longest."""
    assert max(message for message, _ in sizes_of(name)) == longest_message_bytes


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("type-byte", id="no field of any size"),
        pytest.param("fixed-16", id="one size only"),
        pytest.param("raw-echo", id="every octet a message"),
        pytest.param("one-message-per-connection", id="ended by the stream"),
        pytest.param("blocks-u32", id="an order of messages"),
    ],
)
def test_none_where_messages_of_one_size_would_show_nothing(name):
    assert sizes_of(name) == []


FIELDS = {
    "kafka": "rest",
    "ethernet-ip": "data",
    "fastcgi": "content",
    "mqtt": "body",
    "http1": "body",
    "json-header": "body",
}
"""The field of a message that can have most of the sizes, and the last of those."""


@pytest.mark.parametrize(("name", "field"), FIELDS.items())
def test_of_several_fields_the_last_grows_that_can(name, field):
    messages = [conversation.stream.frames[0].message for conversation in conversations_of_sizes(codec_of(name))]
    assert messages
    assert all(len(message[field]) == payload_bytes(message) for message in messages)


@pytest.mark.parametrize("name", ["kafka", "ethernet-ip", "mqtt"])
def test_the_other_fields_are_those_of_a_sample(name):
    codec, field = codec_of(name), FIELDS[name]
    samples = [{**frame.message, field: b""} for frame in codec.build_all(codec.samples)]
    for conversation in conversations_of_sizes(codec):
        assert {**conversation.stream.frames[0].message, field: b""} in samples


MARKED = """\
shortread: spec/1
protocol: marked
title: A field of one size behind one of any
reference: none
frame:
  - length: {{number: u16be, counts: [data]}}
  - data: {{bytes: counted}}
  - mark: {{bytes: {size}}}
reply: echo
messages:
  - {{data: hello, mark: !repeat [m, {size}]}}
"""


@pytest.mark.parametrize("mark_bytes", [4, 100, 101])
def test_a_field_of_one_size_does_not_grow_even_if_it_is_the_first_that_is_tried(mark_bytes, tmp_path):
    path = tmp_path / "marked.yaml"
    path.write_text(MARKED.format(size=mark_bytes))
    messages = [conversation.stream.frames[0].message for conversation in conversations_of_sizes(load_codec(path))]
    assert max(len(message["data"]) for message in messages) >= max(NARROW_BYTES) - 1
    assert {message["mark"] for message in messages} == {b"m" * mark_bytes}


@pytest.mark.parametrize("name", ["text-u16", "cobs", "delimited-escaped", "ldap", "http1"])
def test_every_message_is_at_an_edge_or_fills_a_buffer(name):
    """What stands around a message may take more for some lengths, so that no frame fills a buffer exactly."""
    narrow = {size for limit in NARROW_BYTES for size in (limit - 1, limit)}
    edges = {100, *narrow, *(limit + 1 for limit in BUFFERS_BYTES), 1000}
    assert all(message in edges or frame in FILLED_BYTES for message, frame in sizes_of(name))


# The shipped specs

shipped = pytest.mark.parametrize("name", spec_names())


@shipped
def test_every_conversation_is_one_message_that_parses_back(name):
    codec = codec_of(name)
    for conversation in conversations_of_sizes(codec):
        (frame,) = conversation.stream.frames
        assert codec.parse(conversation.stream.wire) == ((frame,), None)
        assert conversation.kind is Kind.BOUNDARY
        assert conversation.name == f"boundary/of-{len(frame.wire)}-octets"


@shipped
def test_a_name_stands_for_one_frame(name):
    said = [(conversation.name, conversation.stream.wire) for conversation in conversations_of_sizes(codec_of(name))]
    assert len({name for name, _ in said}) == len({wire for _, wire in said}) == len(said)
