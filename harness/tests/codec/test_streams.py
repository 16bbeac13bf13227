"""Sample messages that are several streams, and what a peer may say of its own charset and length."""

from __future__ import annotations

import json

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.codec.requests import Code
from shortread.conversations.table import conversations_of
from shortread.errors import UsageError
from shortread.spec.library import specs_folder
from shortread.stream import Kind

UNTIL_CLOSE = """\
shortread: spec/1
protocol: closing
title: t
reference: r
frame: {until: close, max: 80}
messages:
"""


def test_each_list_is_a_stream_where_messages_cannot_follow_each_other(tmp_path):
    path = tmp_path / "closing.yaml"
    path.write_text(UNTIL_CLOSE + f"  - [a]\n  - ['']\n  - [{'x' * 80}]\n  - [b]\n")
    codec = load_codec(path)
    assert codec.streams == [["a"], [""], ["x" * 80], ["b"]]
    conversations = conversations_of(codec)
    # One without octets is left out: there is nothing to deliver.
    assert [(one.name, one.kind) for one in conversations] == [
        ("ordinary/1", Kind.ORDINARY),
        ("ordinary/2", Kind.ORDINARY),
        ("boundary/1", Kind.BOUNDARY),
    ]
    assert [frame.message for one in conversations for frame in one.stream.frames] == [b"a", b"b", b"x" * 80]


def test_a_message_without_a_frame_is_told_with_its_place_in_its_stream(tmp_path):
    path = tmp_path / "closing.yaml"
    path.write_text(UNTIL_CLOSE + f"  - [a]\n  - [{'x' * 81}]\n  - [a, b]\n")
    with pytest.raises(UsageError) as refused:
        load_codec(path)
    assert [line.split(": ")[0] for line in str(refused.value).splitlines()] == [f"{path}:8:6", f"{path}:9:9"]


def test_messages_that_are_lists_are_one_stream_where_they_can_follow_each_other():
    codec = load_codec(specs_folder() / "ndjson.yaml")
    lists = codec.spec.model_copy(update={"messages": [[], [1]]})
    assert FrameCodec(lists).streams == [[[], [1]]]


@pytest.fixture(scope="module")
def json_header():
    return load_codec(specs_folder() / "json-header.yaml")


def parsed(codec, body, **header):
    octets = json.dumps({"Content-type": "text/plain", **header}).encode()
    _, violation = codec.parse(len(octets).to_bytes(2, "big") + octets + body)
    return violation and (violation.code, violation.offset - 2 - len(octets))


@pytest.mark.parametrize("charset", ["utf-9", "hex", "a\0b", "undefined", "idna", "../utf-8", "x" * 5000, 5, True])
def test_a_charset_that_is_none_is_refused_at_the_text(json_header, charset):
    header = {"Content-encoding": charset, "Content-length": 2}
    assert parsed(json_header, b"\xff.", **header) == (Code.BAD_CHARSET, 0)


@pytest.mark.parametrize("length", ["1", "", -1, 1.0, True, None, [1]])
def test_a_length_in_json_is_a_whole_number(json_header, length):
    octets = json.dumps({"Content-type": "t", "Content-encoding": "utf-8", "Content-length": length}).encode()
    _, violation = json_header.parse(len(octets).to_bytes(2, "big") + octets + b"x")
    assert violation is not None
    assert (violation.code, violation.offset) == (Code.NON_DIGIT_LENGTH, 2)
