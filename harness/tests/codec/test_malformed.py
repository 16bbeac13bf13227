"""What a spec forbids is derived from it, and its parser refuses each case for the reason it was derived from."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.codec.malformed import malformed_frames
from shortread.codec.requests import Code
from shortread.spec.library import spec_names, specs_folder
from shortread.spec.model import Spec


@cache
def codec_of(protocol):
    return load_codec(specs_folder() / f"{protocol}.yaml")


@pytest.mark.parametrize("protocol", spec_names())
def test_every_case_is_refused_for_its_reason(protocol):
    codec = codec_of(protocol)
    told = {}
    for case in malformed_frames(codec):
        _, violation = codec.parse(case.octets)
        told[case.name] = violation and (violation.code, violation.offset)
    assert told == {case.name: (case.code, case.offset) for case in malformed_frames(codec)}


@pytest.mark.parametrize("protocol", spec_names())
def test_every_case_is_refused_byte_by_byte_too(protocol):
    codec = codec_of(protocol)
    for case in malformed_frames(codec):
        receiver = codec.receiver()
        for at in range(len(case.octets)):
            receiver.feed(case.octets[at : at + 1])
        _, violation = receiver.end()
        assert violation is not None, case.name
        assert (violation.code, violation.offset) == (case.code, case.offset), case.name


def test_the_cases_of_a_netstring():
    assert Counter(case.code for case in malformed_frames(codec_of("netstring"))) == {
        Code.EOF_INSIDE: 5,
        Code.NON_DIGIT_LENGTH: 4,
        Code.NO_DIGITS: 1,
        Code.TOO_MANY_DIGITS: 1,
        Code.LEADING_ZERO: 1,
        Code.OVERSIZE: 1,
        Code.CONST_MISMATCH: 1,
    }


def test_tags_checksums_and_limits_have_cases():
    spec = Spec.model_validate(
        {
            "shortread": "spec/1",
            "protocol": "tagged",
            "title": "Everything at once",
            "reference": "none",
            "frame": [
                {"kind": {"number": "u8", "min": 1, "max": 9}},
                {"value": {"choice": "kind", "cases": {1: "u16be", 2: [{"text": {"text": 3}}]}}},
                {"sum": {"checksum": "crc32", "number": "u32be", "over": ["kind", "value"]}},
            ],
            "messages": [{"kind": 1, "value": 7}],
        }
    )
    codes = {case.name: case.code for case in malformed_frames(FrameCodec(spec))}
    assert codes["an unknown tag in kind"] is Code.UNKNOWN_TAG
    assert codes["another number in sum"] is Code.BAD_CHECKSUM
    assert codes["one too much in kind"] is Code.OUT_OF_RANGE
    assert codes["one too little in kind"] is Code.OUT_OF_RANGE


UNREACHED = {
    Code.AMBIGUOUS_LENGTH: "what is ambiguous is said by a check of the author's",
    Code.CHECK_FAILED: "which values break a condition cannot be told from its text",
    Code.REGION_LEFTOVER: "more in a region needs a number outside that says so, and may be refused for itself",
    Code.REGION_OVERRUN: "so does less",
    Code.TOO_DEEP: "no sample is deep enough to be one too deep",
}


def test_every_code_is_reached_or_has_a_reason():
    reached = {case.code for protocol in spec_names() for case in malformed_frames(codec_of(protocol))}
    assert set(Code) - reached == set(UNREACHED)


def codec_for(**keys):
    head = {"shortread": "spec/1", "protocol": "acme", "title": "Acme", "reference": "none"}
    return FrameCodec(Spec.model_validate({**head, **keys}))


BODY = {"choice": "kind", "cases": {1: [{"inner": {"bytes": "counted", "as": "pair"}}], 2: "list"}}
NESTED = codec_for(
    types={
        "pair": [{"a": {"number": "u8", "max": 9}}, {"end": {"const": "!"}}, {"b": {"text": 2}}],
        "list": [
            {"count": {"number": "digits", "max_digits": 2, "count_of": "items"}},
            ";",
            {"items": {"repeat": [{"c": {"number": "u8", "one_of": [1, 2]}}], "count": "counted", "max": 3}},
        ],
    },
    frame=[{"kind": {"number": "u8"}}, {"size": {"number": "u8", "counts": ["inner"], "absent": 0}}, {"body": BODY}],
    messages=[{"kind": 1, "body": {"a": 5, "b": "hi"}}, {"kind": 2, "body": [1, 2]}],
)


def test_cases_inside_of_types_choices_repeats_and_regions():
    """Only octets of the same number take the place of others where content is parsed again."""
    cases = {case.name: case for case in malformed_frames(NESTED) if case.code is not Code.EOF_INSIDE}
    assert {name: (case.octets, case.code, case.offset) for name, case in cases.items()} == {
        "an unknown tag in kind": (b"\0\x04\x05!hi", Code.UNKNOWN_TAG, 0),
        "one too much in a": (b"\x01\x04\x0a!hi", Code.OUT_OF_RANGE, 2),
        "another octet in end": (b"\x01\x04\x05 hi", Code.CONST_MISMATCH, 3),
        "no characters in b": (b"\x01\x04\x05!\xff\xff", Code.BAD_CHARSET, 4),
        "a sign in count": (b"\x02\0+2;\x01\x02", Code.NON_DIGIT_LENGTH, 2),
        "a space in count": (b"\x02\0 2;\x01\x02", Code.NON_DIGIT_LENGTH, 2),
        "an underscore in count": (b"\x02\0_2;\x01\x02", Code.NON_DIGIT_LENGTH, 2),
        "no ASCII in count": (b"\x02\0\xd92;\x01\x02", Code.NON_DIGIT_LENGTH, 2),
        "nothing in count": (b"\x02\0;\x01\x02", Code.NO_DIGITS, 2),
        "too many digits in count": (b"\x02\x00111;\x01\x02", Code.TOO_MANY_DIGITS, 4),
        "a leading zero in count": (b"\x02\x0002;\x01\x02", Code.LEADING_ZERO, 2),
        "one item too many in count": (b"\x02\x004;\x01\x02", Code.TOO_MANY_ITEMS, 2),
        "none of its values in c": (b"\x02\x002;\0\x02", Code.UNKNOWN_TAG, 4),
    }
    for case in cases.values():
        _, violation = NESTED.parse(case.octets)
        assert violation is not None, case.name
        assert (violation.code, violation.offset) == (case.code, case.offset), case.name


@pytest.mark.parametrize(
    ("frame", "message", "cases"),
    [
        pytest.param(
            [{"bits": {"free": 4, "zero": 4}, "fixed": {"zero": 0}}],
            3,
            {"another zero in bits": (b"\x31", Code.OUT_OF_RANGE, 0)},
            id="fixed bits",
        ),
        pytest.param(
            [{"number": {"number": "leb128", "max_bytes": 2, "minimal": True}}],
            3,
            {
                "no end in number": (b"\x80\x80", Code.VARINT_TOO_LONG, 1),
                "a needless octet in number": (b"\x80\x00", Code.OVERLONG, 1),
            },
            id="numbers of variable length",
        ),
        pytest.param(
            [{"number": {"number": "ber-length", "max_bytes": 2, "minimal": True}}],
            3,
            {
                "too many octets in number": (b"\x82", Code.VARINT_TOO_LONG, 0),
                "the indefinite form in number": (b"\x80", Code.OUT_OF_RANGE, 0),
                "a needless octet in number": (b"\x81\x01", Code.OVERLONG, 0),
            },
            id="lengths of ASN.1",
        ),
        pytest.param(
            [{"size": {"number": "u8", "counts": "all"}}, {"data": {"bytes": "counted"}}],
            "a",
            {"less than there is in size": (b"\0a", Code.LENGTH_UNDERFLOW, 0)},
            id="lengths of less than there is",
        ),
        pytest.param(
            [{"data": {"json": {"until": "\n"}, "max": 9, "require": ["a"]}}],
            {"a": 1},
            {
                "no characters in data": (b"\xff\xff\xff\xff\xff\xff\xff\n", Code.BAD_CHARSET, 0),
                "no JSON in data": (b"xxxxxxx\n", Code.BAD_JSON, 0),
                "no members in data": (b"{}     \n", Code.MISSING_KEY, 0),
                "one octet too much in data": (b"xxxxxxxxxx\n", Code.TOO_LONG, 9),
            },
            id="JSON",
        ),
        pytest.param(
            [
                {"data": {"bytes": {"until": "\n"}, "max": 9, "via": [{"escapes": {"%25": "%", "%0a": "\n"}}]}},
            ],
            "a",
            {"no escape in data": (b"%\0\n", Code.BAD_ESCAPE, 0)},
            id="escapes",
        ),
        pytest.param(
            [
                {"lines": {"headers": ["\n"], "max": 20, "counts": {"Size": "data"}, "require": ["Size"]}},
                {"data": {"bytes": "counted"}},
            ],
            {"lines": [["A", "b"]], "data": "x"},
            {
                "a line that is none in lines": (b"x\nA: b\nSize: 1\n\nx", Code.BAD_HEADER, 0),
                "a NUL in lines": (b"x: \0\nA: b\nSize: 1\n\nx", Code.FORBIDDEN_BYTE, 3),
                "one octet too much in lines": (b"x" * 21 + b"x", Code.TOO_LONG, 20),
                "no line in lines": (b"A: b\n\nx", Code.MISSING_KEY, 0),
                "two lengths in lines": (b"size: 1\nsize: 2\nA: b\n\nx", Code.CONFLICTING_HEADER, 8),
                "no number in lines": (b"size: x\nA: b\n\nx", Code.NON_DIGIT_LENGTH, 0),
            },
            id="headers",
        ),
        pytest.param(
            [{"said": {"choice": "peek", "cases": {"<": [{"line": {"bytes": {"until": "\n"}, "max": 3}}]}}}],
            "<a",
            {
                "an unknown octet in said": (b"\0a\n", Code.UNKNOWN_TAG, 0),
                "one octet too much in line": (b"<xxx\n", Code.TOO_LONG, 3),
            },
            id="choices by the next octet",
        ),
    ],
)
def test_cases_of_each_kind_of_part(frame, message, cases):
    codec = codec_for(frame=frame, messages=[message])
    told = {case.name: case for case in malformed_frames(codec) if case.code is not Code.EOF_INSIDE}
    assert {name: (case.octets, case.code, case.offset) for name, case in told.items()} == cases
    for case in told.values():
        _, violation = codec.parse(case.octets)
        assert violation is not None, case.name
        assert (violation.code, violation.offset) == (case.code, case.offset), case.name
