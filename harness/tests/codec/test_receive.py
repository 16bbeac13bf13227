"""The law of the receive loop: segments decide nothing, neither what is understood nor what it costs."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.codec.receive import Receiver
from shortread.codec.requests import Code, Violation
from shortread.spec.library import specs_folder
from shortread.spec.model import Spec
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_document

ACME = """\
shortread: spec/1
protocol: acme
title: Delimiters that repeat themselves, and a length that counts itself
reference: https://example.org
frame:
  - ACAB
  - name: {text: {until: aab}, max: 3}
  - size: {number: digits, max_digits: 3, counts: [size, body, check]}
  - "\\r\\n"
  - body: {bytes: counted}
  - check: {number: i16le, min: -2}
message: [name, body, check]
reply: echo
messages: [{name: aa, body: hello, check: -1}]
"""


@cache
def codec_of(protocol):
    if protocol != "acme":
        return load_codec(specs_folder() / f"{protocol}.yaml")
    return FrameCodec(validate(Spec, load_document(ACME, file="acme.yaml")))


MESSAGES = {
    "acme": st.fixed_dictionaries(
        {
            "name": st.sampled_from(["", "a", "aa", "b", "ba", "é", "aba"]),
            "body": st.binary(max_size=12),
            "check": st.integers(-2, 300),
        }
    ),
    "text-u16": st.text(max_size=20),
    "netstring": st.binary(max_size=20) | st.text(alphabet="12:,", max_size=12).map(str.encode),
    "delimited-crlf": st.text(alphabet="\r\na€", max_size=12)
    .map(str.encode)
    .filter(lambda line: (line + b"\r\n").index(b"\r\n") == len(line)),
    "fixed-16": st.binary(min_size=16, max_size=16),
}
"""Messages of each protocol, with its own delimiters and lengths in them."""

PIECES = {
    "acme": [b"ACAB", b"AC", b"aab", b"aa", b"b", b"aaab", b"3\r\n", b"11\r\n", b"0", b"1", b"\r", b"\n", b"\xff\xff"],
    "text-u16": [b"\0", b"\0\5", b"hello", b"\0\2\xc3\xa9", b"\xe2\x82", b"\xac", b"\1\0", b"\xff", b"\0\1\x80"],
    "netstring": [b"0:,", b"5:hello,", b"1", b"0", b"9", b":", b",", b"x", b"65537", b"05", b"+", b"123456789"],
    "delimited-crlf": [b"\r", b"\n", b"\r\n", b"hello", b"\r\r\n", b"x" * 500, b"\r" * 1023],
    "fixed-16": [b"0123456789abcdef", b"0", b"\0" * 15, b"\r\n"],
}
"""What streams of each protocol are made of, sound and broken."""

PROTOCOLS = sorted(MESSAGES)
protocols = pytest.mark.parametrize("protocol", PROTOCOLS)


def octets_of(protocol):
    """Octets that often begin well and then often break the framing."""
    return st.lists(st.sampled_from(PIECES[protocol]) | st.binary(max_size=3), max_size=12).map(b"".join)


def segmented(data, octets):
    """The octets in any segments, some of them empty."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=len(octets) + 2)))
    return [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]


def received(receiver, segments):
    """All that the segments give, and what the end of the stream says."""
    frames = [frame for segment in segments for frame in receiver.feed(segment)]
    at_end, violation = receiver.end()
    return [*frames, *at_end], violation


# What is understood


@protocols
@given(data=st.data())
def test_any_segments_of_any_messages_give_those_messages(protocol, data):
    codec = codec_of(protocol)
    sent = data.draw(st.lists(MESSAGES[protocol], max_size=5).map(lambda messages: list(map(codec.build, messages))))
    segments = segmented(data, b"".join(frame.wire for frame in sent))
    assert received(codec.receiver(), segments) == (sent, None)


@protocols
@given(data=st.data())
def test_any_segments_of_any_octets_give_what_the_whole_gives(protocol, data):
    codec = codec_of(protocol)
    octets = data.draw(octets_of(protocol))
    whole = received(codec.receiver(), [octets])
    assert received(codec.receiver(), segmented(data, octets)) == whole


@protocols
@given(data=st.data())
def test_one_octet_at_a_time_gives_what_the_whole_gives(protocol, data):
    codec = codec_of(protocol)
    octets = data.draw(octets_of(protocol))
    whole = received(codec.receiver(), [octets])
    assert received(codec.receiver(), [bytes([octet]) for octet in octets]) == whole


@protocols
@given(data=st.data())
def test_the_frames_of_any_octets_are_those_octets_up_to_where_they_break(protocol, data):
    receiver = codec_of(protocol).receiver()
    octets = data.draw(octets_of(protocol))
    frames, _ = received(receiver, segmented(data, octets))
    assert b"".join(frame.wire for frame in frames) == octets[: receiver.complete_bytes]


@protocols
@given(data=st.data())
def test_what_follows_a_violation_does_not_change_it(protocol, data):
    receiver = codec_of(protocol).receiver()
    receiver.feed(data.draw(octets_of(protocol)))
    _, before = receiver.end()
    assume(before is not None)
    assert received(receiver, [data.draw(octets_of(protocol))]) == ([], before)


@protocols
@given(data=st.data())
def test_between_frames_is_where_the_stream_may_end(protocol, data):
    receiver = codec_of(protocol).receiver()
    receiver.feed(data.draw(octets_of(protocol)))
    is_between_frames = receiver.is_between_frames
    _, violation = receiver.end()
    assert (violation is None) == is_between_frames


# When it is understood


def test_a_frame_comes_out_with_its_last_octet():
    receiver = codec_of("netstring").receiver()
    assert [len(receiver.feed(bytes([octet]))) for octet in b"2:hi,0:,"] == [0, 0, 0, 0, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("protocol", "octets", "code"),
    [
        ("netstring", b"+", Code.NON_DIGIT_LENGTH),
        ("netstring", b"00", Code.LEADING_ZERO),
        ("netstring", b"1234567890", Code.TOO_MANY_DIGITS),
        ("netstring", b":", Code.NO_DIGITS),
        ("netstring", b"65537:", Code.OVERSIZE),
        ("netstring", b"2:hi;", Code.CONST_MISMATCH),
        ("delimited-crlf", b"x" * 1025, Code.TOO_LONG),
        ("delimited-crlf", b"x" * 1024 + b"\rx", Code.TOO_LONG),
        ("text-u16", b"\0\1\xff", Code.BAD_CHARSET),
        ("acme", b"AA", Code.CONST_MISMATCH),
        ("acme", b"ACABxaaaaa", Code.TOO_LONG),
        ("acme", b"ACABaab1\rx", Code.NON_DIGIT_LENGTH),
        ("acme", b"ACABaab1234", Code.TOO_MANY_DIGITS),
        ("acme", b"ACABaab2\r\n", Code.LENGTH_UNDERFLOW),
        ("acme", b"ACABaab3\r\n\xfd\xff", Code.OUT_OF_RANGE),
    ],
)
def test_a_violation_is_noticed_at_the_octet_that_proves_it(protocol, octets, code):
    receiver = codec_of(protocol).receiver()
    receiver.feed(octets[:-1])
    before = receiver.violation
    receiver.feed(octets[-1:])
    assert (before, receiver.violation.code) == (None, code)


def test_messages_before_a_violation_in_the_same_read_are_given():
    receiver = codec_of("netstring").receiver()
    assert [frame.message for frame in receiver.feed(b"2:hi,2:ho,x")] == [b"hi", b"ho"]


def test_the_end_can_be_taken_twice():
    receiver = codec_of("netstring").receiver()
    receiver.feed(b"2:hi,2")
    assert [receiver.end(), receiver.end()] == [([], Violation(Code.EOF_INSIDE, 6))] * 2


def test_offsets_count_from_the_start_of_a_stream_that_the_buffer_no_longer_holds():
    receiver = codec_of("netstring").receiver()
    for _ in range(2000):
        receiver.feed(b"95:%b," % (b"x" * 95))
    receiver.feed(b"2:hi;")
    assert (receiver.violation.offset, receiver.complete_bytes) == (198_004, 198_000)


# What it costs


class CountingBuffer(bytearray):
    """Counts the octets that are looked at, copied or moved."""

    work = 0

    def find(self, sub, start, end):
        found = super().find(sub, start, end)
        self.work += max(0, min(end, len(self)) - start) if found < 0 else found + len(sub) - start
        return found

    def __getitem__(self, key):
        found = super().__getitem__(key)
        self.work += len(found)
        return found

    def __delitem__(self, key):
        self.work += len(self) - key.stop
        super().__delitem__(key)


class MeasuredReceiver(Receiver):
    """Counts its own work, and remembers the most that it kept."""

    def __init__(self, framing):
        super().__init__(framing)
        self._buffer = CountingBuffer()
        self.takes = self.most_kept = 0

    @property
    def work(self):
        return self.takes + self._buffer.work

    def keep(self, octets):
        super().keep(octets)
        self.most_kept = max(self.most_kept, len(self._buffer))

    def take(self, request):
        self.takes += 1
        return super().take(request)


def measured(protocol, octets, piece_bytes):
    receiver = MeasuredReceiver(codec_of(protocol).framing())
    for start in range(0, len(octets), piece_bytes):
        receiver.feed(octets[start : start + piece_bytes])
    return receiver


@pytest.mark.parametrize("piece_bytes", [1, 7, 1000, 1 << 20])
@pytest.mark.parametrize(
    ("protocol", "size", "stream"),
    [
        pytest.param("text-u16", 4096, lambda size: size.to_bytes(2, "big") + b"x" * size, id="one text"),
        pytest.param("text-u16", 4096, lambda size: b"\0\1x" * (size // 3), id="many texts"),
        pytest.param("netstring", 4096, lambda size: b"%d:%b," % (size, b"x" * size), id="one netstring"),
        pytest.param("netstring", 4096, lambda size: b"0:," * (size // 3), id="many netstrings"),
        pytest.param("netstring", 4096, lambda size: b"9" * size, id="digits without end"),
        pytest.param("delimited-crlf", 4096, lambda size: b"\r\n" * (size // 2), id="empty lines"),
        pytest.param("delimited-crlf", 256, lambda size: b"x" * size, id="one line"),
        pytest.param("delimited-crlf", 256, lambda size: b"\r" * size, id="half delimiters"),
        pytest.param("delimited-crlf", 4096, lambda size: b"x" * size, id="a line without end"),
        pytest.param("fixed-16", 4096, lambda size: b"x" * size, id="blocks"),
    ],
)
def test_four_times_the_octets_are_at_most_four_times_the_work(protocol, size, stream, piece_bytes):
    small = measured(protocol, stream(size), piece_bytes)
    large = measured(protocol, stream(4 * size), piece_bytes)
    assert large.work <= 4 * small.work + 100


def test_the_measure_would_notice_a_loop_that_searches_everything_again():
    class SearchesAgain(MeasuredReceiver):
        def take(self, request):
            self._searched = 0
            return super().take(request)

    def work(size):
        receiver = SearchesAgain(codec_of("delimited-crlf").framing())
        for _ in range(size):
            receiver.feed(b"x")
        return receiver.work

    assert work(4 * 256) > 2 * (4 * work(256) + 100)


def test_what_is_kept_does_not_grow_with_the_stream():
    small = measured("fixed-16", b"0123456789abcdef" * 10_000, 1000)
    large = measured("fixed-16", b"0123456789abcdef" * 20_000, 1000)
    assert large.most_kept == small.most_kept
