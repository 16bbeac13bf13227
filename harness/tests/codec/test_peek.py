"""A choice by the next octet: the octet decides, and is then the first of what was chosen."""

from __future__ import annotations

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.codec.requests import Code
from shortread.spec.model import Spec

LINE = [{"octets": {"bytes": {"until": "\n"}, "max": 9}}]
COUNTED = [
    {"length": {"number": "digits", "max_digits": 1, "counts": ["octets"]}},
    " ",
    {"octets": {"bytes": "counted"}},
]


def codec_of(*, otherwise="reject", fields=()):
    frame = [*fields, {"value": {"choice": "peek", "cases": {"<": LINE, "2": COUNTED}, "else": otherwise}}]
    keys = {"shortread": "spec/1", "protocol": "peeked", "title": "t", "reference": "r", "messages": ["<"]}
    return FrameCodec(Spec.model_validate({**keys, "frame": frame}))


@pytest.mark.parametrize("size", [1, 2, 99])
def test_the_octet_stays_for_what_is_chosen(size):
    receiver = codec_of().receiver()
    octets = b"<a\n2 <b<\n"
    frames = [frame for at in range(0, len(octets), size) for frame in receiver.feed(octets[at : at + size])]
    assert [frame.message for frame in frames] == [b"<a", b"<b", b"<"]
    assert receiver.end() == ([], None)


def test_an_octet_without_a_case_is_refused_where_it_stands():
    _, violation = codec_of().parse(b"<\n3 abc")
    assert violation is not None
    assert (violation.code, violation.offset) == (Code.UNKNOWN_TAG, 2)


def test_an_octet_without_a_case_may_have_something_else():
    assert [frame.message for frame in codec_of(otherwise="u8").parse(b"\xff<\n")[0]] == [255, b"<"]


def test_the_end_before_the_octet_is_inside_the_frame():
    _, violation = codec_of(fields=[{"kind": {"number": "u8"}}]).parse(b"\1")
    assert violation is not None
    assert (violation.code, violation.offset) == (Code.EOF_INSIDE, 1)


def test_an_octet_that_is_not_in_its_region_is_an_overrun():
    keys = {"shortread": "spec/1", "protocol": "peeked", "title": "t", "reference": "r", "messages": [1]}
    types = {"inner": [{"value": {"choice": "peek", "cases": {"<": "u8"}}}]}
    frame = [{"size": {"number": "u8", "counts": ["inner"]}}, {"inner": {"bytes": "counted", "as": "inner"}}]
    codec = FrameCodec(Spec.model_validate({**keys, "types": types, "frame": frame}))
    assert [frame.message for frame in codec.parse(b"\1<")[0]] == [ord("<")]
    _, violation = codec.parse(b"\0")
    assert violation is not None
    assert (violation.code, violation.offset) == (Code.REGION_OVERRUN, 1)


@pytest.mark.parametrize(("message", "wire"), [(b"<a", b"<a\n"), (b"<\n", b"2 <\n"), (b"ab", b"2 ab")])
def test_the_first_case_that_begins_with_its_octet_is_built(message, wire):
    assert codec_of().build(message).wire == wire


def test_a_message_that_begins_no_case_is_refused():
    with pytest.raises(UnbuildableError, match="a value that a case can say"):
        codec_of().build(b"abc")
