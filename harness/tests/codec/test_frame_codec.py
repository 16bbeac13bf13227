"""Messages to frames and back: what was built parses, and what was parsed can be built."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.codec.parts.part import UnbuildableError
from shortread.codec.requests import Code, Violation
from shortread.errors import UsageError
from shortread.spec.library import specs_folder
from shortread.spec.lint import lint
from shortread.spec.model import Spec
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_document
from shortread.stream import Role

SPEC = """\
shortread: spec/1
protocol: acme
title: Acme
reference: https://example.org
reply: echo
messages: [sample]
"""


@cache
def codec_of(text):
    """The codec of a spec that consists of `SPEC` and this text."""
    document = load_document(SPEC + text, file="acme.yaml")
    spec = validate(Spec, document)
    assert lint(spec, document) == []
    return FrameCodec(spec)


def parsed(codec, octets):
    """The messages, and the code and offset of what is wrong."""
    frames, violation = codec.parse(octets)
    return [frame.message for frame in frames], violation and (violation.code, violation.offset)


# Round trips with the shipped specs

MESSAGES = {
    "text-u16": st.text(),
    "netstring": st.binary(),
    "delimited-crlf": st.binary().filter(lambda line: (line + b"\r\n").index(b"\r\n") == len(line)),
    "fixed-16": st.binary(min_size=16, max_size=16),
}
SHIPPED = {name: load_codec(specs_folder() / f"{name}.yaml") for name in MESSAGES}

shipped = pytest.mark.parametrize("protocol", sorted(SHIPPED))


@shipped
@given(data=st.data())
def test_what_is_built_parses_as_the_message(protocol, data):
    message = data.draw(MESSAGES[protocol])
    assert parsed(SHIPPED[protocol], SHIPPED[protocol].build(message).wire) == ([message], None)


@shipped
@given(data=st.data())
def test_what_is_parsed_is_built_with_the_same_octets(protocol, data):
    """None of the shipped protocols has two ways to write one message."""
    codec = SHIPPED[protocol]
    pieces = data.draw(st.lists(st.sampled_from([codec.build(m).wire for m in codec.spec.messages]) | st.binary()))
    frames, _ = codec.parse(b"".join(pieces))
    assert [codec.build(frame.message) for frame in frames] == list(frames)


@shipped
@given(data=st.data())
def test_spans_follow_each_other_from_the_first_octet_of_a_frame_to_its_last(protocol, data):
    frame = SHIPPED[protocol].build(data.draw(MESSAGES[protocol]))
    starts, ends = [span.start for span in frame.spans], [span.end for span in frame.spans]
    assert [*starts, len(frame.wire)] == [0, *ends]


@shipped
def test_every_sample_message_has_a_frame(protocol):
    codec = SHIPPED[protocol]
    assert [len(codec.parse(codec.build(message).wire)[0]) for message in codec.spec.messages] == [
        1 for _ in codec.spec.messages
    ]


# Where each field lies


@pytest.mark.parametrize(
    ("protocol", "message", "spans"),
    [
        ("text-u16", "hi", [("length", Role.LENGTH, 0, 2), ("text", Role.BODY, 2, 4)]),
        (
            "netstring",
            "hi",
            [
                ("length", Role.LENGTH, 0, 1),
                ("':'", Role.DELIMITER, 1, 2),
                ("data", Role.BODY, 2, 4),
                ("','", Role.CONSTANT, 4, 5),
            ],
        ),
        ("delimited-crlf", "", [("body", Role.BODY, 0, 0), (r"'\r\n'", Role.DELIMITER, 0, 2)]),
        ("fixed-16", "0123456789abcdef", [("body", Role.BODY, 0, 16)]),
    ],
)
def test_a_frame_says_where_each_field_lies(protocol, message, spans):
    frame = SHIPPED[protocol].build(message)
    assert [(span.name, span.role, span.start, span.end) for span in frame.spans] == spans


def test_constants_with_the_same_octets_have_names_of_their_own():
    codec = codec_of("frame: ['|', {data: {bytes: 1}}, '|', {more: {bytes: 1}}, '|']\nmessage: [data, more]")
    frame = codec.build({"data": "a", "more": "b"})
    assert [span.name for span in frame.spans] == ["'|'", "data", "'|' 2", "more", "'|' 3"]


# What a number counts

SELF_COUNTING = """\
frame:
  - size: {number: digits, max_digits: 4, counts: [size, data]}
  - ";"
  - data: {bytes: counted}
message: data
"""


@pytest.mark.parametrize(
    ("data_bytes", "digits"),
    [
        pytest.param(0, b"1", id="only itself"),
        pytest.param(8, b"9", id="last size of one digit"),
        pytest.param(9, b"11", id="ten cannot be said: it needs two digits and then is eleven"),
        pytest.param(97, b"99", id="last size of two digits"),
        pytest.param(98, b"101", id="a hundred cannot be said either"),
        pytest.param(9995, b"9999", id="last size of all"),
    ],
)
def test_a_number_counts_its_own_digits(data_bytes, digits):
    assert codec_of(SELF_COUNTING).build(b"x" * data_bytes).wire == digits + b";" + b"x" * data_bytes


@given(st.integers(0, 9995).map(bytes))
def test_a_number_that_counts_its_own_digits_parses(message):
    codec = codec_of(SELF_COUNTING)
    assert parsed(codec, codec.build(message).wire) == ([message], None)


def test_a_number_that_counts_its_own_digits_may_not_count_less():
    assert parsed(codec_of(SELF_COUNTING), b"0;") == ([], (Code.LENGTH_UNDERFLOW, 0))


@pytest.mark.parametrize(
    ("frame", "message", "wire"),
    [
        pytest.param(
            "[{length: {number: u32be, counts: [length, data]}}, {data: {bytes: counted}}]",
            "hi",
            "00000006" + b"hi".hex(),
            id="itself in binary",
        ),
        pytest.param(
            "[{kind: {const: Q}}, {length: {number: u16be, counts: all}}, {data: {bytes: counted}}]",
            "hi",
            b"Q".hex() + "0005" + b"hi".hex(),
            id="the whole frame",
        ),
        pytest.param(
            "[{length: {number: u8, counts: [data, end]}}, {data: {bytes: counted}}, {end: {const: !hex 0d0a}}]",
            "hi",
            "04" + b"hi\r\n".hex(),
            id="a constant behind",
        ),
        pytest.param(
            "[{length: {number: u8, counts: [line, data]}}, {line: {bytes: {until: ';'}, max: 9}},"
            " {data: {bytes: counted}}]",
            {"line": "ab", "data": "hi"},
            "04" + b"ab;hi".hex(),
            id="a delimited field between",
        ),
        pytest.param(
            "[{length: {number: u8, counts: [data, crc]}}, {data: {bytes: counted}}, {crc: {number: u16be}}]",
            {"data": "hi", "crc": 0x0102},
            "04" + b"hi".hex() + "0102",
            id="a number of fixed size behind",
        ),
        pytest.param(
            "[{length: {number: u8, counts: [data, tail]}}, {data: {bytes: counted}}, {tail: {bytes: 2}}]",
            {"data": "hi", "tail": "xx"},
            "04" + b"hixx".hex(),
            id="octets of fixed size behind",
        ),
        pytest.param(
            "[{length: {number: u8, counts: [data, check]}}, {data: {bytes: counted}},"
            " {check: {number: digits, width: 3}}]",
            {"data": "hi", "check": 7},
            "05" + b"hi007".hex(),
            id="digits of fixed width behind",
        ),
    ],
)
def test_a_number_counts_the_fields_that_it_names(frame, message, wire):
    names = list(message) if isinstance(message, dict) else "data"
    codec = codec_of(f"frame: {frame}\nmessage: {str(names).replace(chr(39), '')}")
    built = codec.build(message)
    assert (built.wire.hex(), parsed(codec, built.wire)) == (wire, ([built.message], None))


# Limits

LIMITED = "frame: {prefix: u8, max: 5}"


@pytest.mark.parametrize(
    ("spec", "octets", "violation"),
    [
        (LIMITED, b"\x05hello", None),
        (LIMITED, b"\x06", (Code.OVERSIZE, 0)),
        ("frame: {prefix: i8}", b"\xff", (Code.LENGTH_UNDERFLOW, 0)),
        ("frame: [{body: {number: u8, min: 1, max: 3}}]", b"\x03", None),
        ("frame: [{body: {number: u8, min: 1, max: 3}}]", b"\x04", (Code.OUT_OF_RANGE, 0)),
        ("frame: [{body: {number: u8, min: 1, max: 3}}]", b"\x00", (Code.OUT_OF_RANGE, 0)),
        ("frame: [{body: {number: i8}}]", b"\x80", None),
        ("frame: {delimiter: abc, max: 3}", b"xababc", None),
        ("frame: {delimiter: abc, max: 3}", b"xabxabc", (Code.TOO_LONG, 3)),
        ("frame: {delimiter: abc, max: 3}", b"xxxab", (Code.EOF_INSIDE, 5)),
        ("frame: {delimiter: abc, max: 3}", b"xxxaba", (Code.TOO_LONG, 3)),
    ],
)
def test_exactly_the_limit_passes_and_one_more_fails(spec, octets, violation):
    assert parsed(codec_of(spec), octets)[1] == violation


@pytest.mark.parametrize(
    ("frame", "fits", "exceeds", "violation"),
    [
        ("{prefix: u16be}", b"\0\x08abcdefgh", b"\0\x09", (Code.OVERSIZE, 0)),
        ("{delimiter: ';', max: 100}", b"abcdefghi;", b"abcdefghij", (Code.TOO_LONG, 9)),
        (
            "[{length: {number: u8, counts: [body]}}, {body: {bytes: counted}}, '!!!']",
            b"\x06abcdef!!!",
            b"\x07",
            (Code.OVERSIZE, 0),
        ),
    ],
)
def test_the_limit_of_a_frame_counts_all_its_octets(frame, fits, exceeds, violation):
    codec = codec_of(f"max_frame_bytes: 10\nframe: {frame}")
    assert (parsed(codec, fits)[1], parsed(codec, exceeds)[1]) == (None, violation)


# Messages


@pytest.mark.parametrize(
    ("charset", "octets", "message"),
    [("utf-8", b"\xc3\xa9", "é"), ("ascii", b"ee", "ee"), ("latin-1", b"\xe9!", "é!")],
)
def test_text_is_decoded_in_its_charset(charset, octets, message):
    codec = codec_of(f"frame: [{{body: {{text: 2, charset: {charset}}}}}]")
    assert (parsed(codec, octets), codec.build(message).wire) == (([message], None), octets)


def test_a_message_of_several_fields_is_a_mapping_of_their_names():
    codec = codec_of("frame: [{kind: {number: u8}}, {body: {bytes: 2}}]\nmessage: [kind, body]")
    assert parsed(codec, b"\x07hi") == ([{"kind": 7, "body": b"hi"}], None)


def test_text_stands_for_its_octets_where_a_field_has_no_charset():
    assert codec_of(LIMITED).build("é").message == b"\xc3\xa9"


@pytest.mark.parametrize(
    ("spec", "message", "reason"),
    [
        (LIMITED, "longer", "length: expected a number in 0..5, found 6"),
        ("frame: {delimiter: ';', max: 5}", "longer", "body: expected at most 5 octets, found 6 octets"),
        (LIMITED, 5, "body: expected octets or text, found int"),
        (LIMITED, {"body": "x"}, "body: expected octets or text, found dict"),
        (LIMITED, "\ud800", r"body: expected characters of utf-8, found '\ud800'"),
        ("frame: {fixed: 4}", "abc", "body: expected exactly 4 octets, found 3 octets"),
        ("frame: {prefix: u8}", b"x" * 256, "length: expected a number in 0..255, found 256"),
        ("frame: {prefix: u8, max: 300}", b"x" * 256, "length: expected a number in 0..255, found 256"),
        ("frame: {prefix: i8}", b"x" * 128, "length: expected a number in 0..127, found 128"),
        (
            'frame: {delimiter: "\\r\\n", max: 9}',
            "a\r\nb",
            r"body: expected content without the delimiter b'\r\n', found one inside",
        ),
        (
            "frame: {delimiter: abab, max: 9}",
            "xab",
            "body: expected content without the delimiter b'abab', found one inside",
        ),
        ("frame: [{body: {text: 1, charset: ascii}}]", "é", "body: expected characters of ascii, found 'é'"),
        ("frame: [{body: {text: 1}}]", b"x", "body: expected text, found bytes"),
        ("frame: [{body: {number: u8, max: 3}}]", 4, "body: expected a number in 0..3, found 4"),
        ("frame: [{body: {number: u8, min: -5}}]", -1, "body: expected a number in 0..255, found -1"),
        ("frame: [{body: {number: u8}}]", "4", "body: expected a number in 0..255, found '4'"),
        (
            "frame: [{a: {number: u8}}, {b: {number: u8}}]\nmessage: [a, b]",
            {"a": 1},
            "message: expected a mapping of a, b, found {'a': 1}",
        ),
        (
            "max_frame_bytes: 4\nframe: {prefix: u16be, max: 9}",
            "abc",
            "frame: expected one frame that parses, found oversize",
        ),
    ],
)
def test_a_message_without_a_frame_is_refused_with_its_reason(spec, message, reason):
    with pytest.raises(UnbuildableError) as refused:
        codec_of(spec).build(message)
    assert str(refused.value) == reason


def test_every_sample_message_without_a_frame_is_told_with_its_place(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(SPEC.replace("[sample]", "[hello, longer, 5]") + LIMITED)
    with pytest.raises(UsageError) as refused:
        load_codec(path)
    assert str(refused.value).splitlines() == [
        f"{path}:6:19: expected a message that has a frame: length of a number in 0..5, found 6; "
        "change the message or the limit",
        f"{path}:6:27: expected a message that has a frame: body of octets or text, found int; "
        "change the message or the limit",
    ]


def test_a_frame_of_many_small_parts_is_limited_too():
    spec = Spec.model_validate(
        {
            "shortread": "spec/1",
            "protocol": "list",
            "title": "A list",
            "reference": "none",
            "max_frame_bytes": 10,
            "frame": [
                {"count": {"number": "u8", "count_of": "items"}},
                {"items": {"repeat": "u8", "count": "counted", "max": 99}},
            ],
            "messages": [[1]],
        }
    )
    codec = FrameCodec(spec)
    assert codec.parse(b"\x09" + bytes(9))[1] is None
    assert codec.parse(b"\x0a" + bytes(10))[1] == Violation(Code.TOO_LONG, 10, "a frame of more than 10 octets")
