"""Every fixture holds, and the check that says so would notice if it did not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.framing import nobody
from shortread.codec.loading import load_codec
from shortread.codec.receive import Receiver
from shortread.codec.requests import Code, Violation
from shortread.errors import UsageError
from shortread.spec.library import spec_names, specs_folder
from shortread.testing import Vector, VectorMismatch, check_vector, load_vectors
from shortread.testing.vectors import VectorError

FIXTURES = Path(__file__).parents[3] / "fixtures"
FILES = {str(path.relative_to(FIXTURES)): load_vectors(path) for path in sorted(FIXTURES.glob("*/*/*.yaml"))}


@cache
def codec_of(protocol):
    return load_codec(specs_folder() / f"{protocol}.yaml")


# The fixtures


@pytest.mark.parametrize(
    ("protocol", "vector"),
    [
        pytest.param(file.split("/")[0], vector, id=f"{file.removesuffix('.yaml')}/{vector.name}")
        for file, vectors in FILES.items()
        for vector in vectors
    ],
)
def test_fixture(protocol, vector):
    check_vector(codec_of(protocol), vector)


@pytest.mark.parametrize("protocol", spec_names())
def test_a_protocol_has_vectors_to_accept_and_to_reject(protocol):
    folders = {file.split("/")[1] for file in FILES if file.startswith(f"{protocol}/")}
    # Where every octet is a message, there is nothing to refuse.
    assert folders == ({"accept"} if codec_of(protocol).spec.frame == "raw" else {"accept", "reject"})


@pytest.mark.parametrize("file", FILES)
def test_names_are_unique_within_a_file(file):
    names = [vector.name for vector in FILES[file]]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("file", FILES)
def test_a_vector_stands_in_the_folder_that_says_whether_it_ends_in_an_error(file):
    assert {vector.error is not None for vector in FILES[file]} == {"/reject/" in file}


@pytest.mark.parametrize("file", FILES)
def test_a_reason_is_one_sentence(file):
    assert [vector.reason for vector in FILES[file] if not vector.reason.endswith(".") or ". " in vector.reason] == []


CAN_HAPPEN = {
    Code.NON_DIGIT_LENGTH,
    Code.NO_DIGITS,
    Code.LEADING_ZERO,
    Code.TOO_MANY_DIGITS,
    Code.OVERSIZE,
    Code.CONST_MISMATCH,
    Code.TOO_LONG,
    Code.BAD_CHARSET,
    Code.EOF_INSIDE,
}
"""What can be wrong with a number that counts, a constant, a delimiter, and text."""


def test_every_way_to_break_the_framing_of_the_shipped_specs_has_a_vector():
    seen = {vector.error.code for vectors in FILES.values() for vector in vectors if vector.error}
    assert seen >= CAN_HAPPEN


# A vector that is wrong


def vector_of(wire, *messages, error=None):
    return Vector(
        name="sample",
        reason="So it is.",
        wire=wire,
        messages=messages,
        error=error and VectorError(code=error[0], offset=error[1]),
    )


@pytest.mark.parametrize(
    ("vector", "difference"),
    [
        (vector_of("5:hello,", "hallo"), 'expected message 1 to be "hallo", found "hello"'),
        (vector_of("5:hello,", "hello", "world"), 'expected message 2 to be "world", found none'),
        (vector_of("5:hello,5:world,", "hello"), 'expected no message 2, found "world"'),
        (vector_of("5:hello,", b"\xff"), 'expected message 1 to be 0xff, found "hello"'),
        (vector_of("1:\0,", 0), 'expected message 1 to be 0, found "\\u0000"'),
        (vector_of("5:hello;"), "expected no error, found const_mismatch at 7"),
        (
            vector_of("5:hello,", "hello", error=(Code.EOF_INSIDE, 8)),
            "expected eof_inside at 8, found no error",
        ),
        (
            vector_of("5:hello;", error=(Code.EOF_INSIDE, 7)),
            "expected eof_inside at 7, found const_mismatch at 7",
        ),
        (
            vector_of("5:hello;", error=(Code.CONST_MISMATCH, 6)),
            "expected const_mismatch at 6, found const_mismatch at 7",
        ),
        (
            vector_of(b"300:" + b"x" * 300 + b",", "x" * 299 + "y"),
            f'expected message 1 to be "{"x" * 39}…{"x" * 8}y" (302 characters), '
            f'found "{"x" * 39}…{"x" * 9}" (302 characters)',
        ),
    ],
)
def test_a_wrong_vector_is_told_by_its_first_difference(vector, difference):
    with pytest.raises(VectorMismatch) as mismatch:
        check_vector(codec_of("netstring"), vector)
    assert str(mismatch.value) == f"sample, whole: {difference}\nSo it is."


# A receive loop that is wrong


class DecodesPerRead(Receiver):
    def keep(self, octets):
        super().keep(octets.decode(errors="ignore").encode())


class LosesFirstOctetOfLaterReads(Receiver):
    def keep(self, octets):
        super().keep(octets if len(octets) == 1 or self.is_between_frames else octets[1:])


class DropsWhatFollows(Receiver):
    def keep(self, octets):
        super().keep(octets[:8] if self.is_between_frames else octets)


class TakesTheEndForAMismatch(Receiver):
    def at_end(self):
        return Violation(Code.CONST_MISMATCH, super().at_end().offset)


class StopsAtTheFirstMessageOfARead(Receiver):
    def feed(self, octets):
        return super().feed(octets)[:1]


def codec_with(receiver, protocol):
    class Broken(FrameCodec):
        def receiver(self, peer=nobody):
            return receiver(self.framing(peer))

    return Broken(codec_of(protocol).spec)


@pytest.mark.parametrize(
    ("receiver", "vector", "difference"),
    [
        pytest.param(
            TakesTheEndForAMismatch,
            vector_of("5:hel", error=(Code.EOF_INSIDE, 5)),
            "whole: expected eof_inside at 5, found const_mismatch at 5",
            id="whole",
        ),
        pytest.param(
            StopsAtTheFirstMessageOfARead,
            vector_of("1:a,1:b,", "a", "b"),
            'whole: expected message 2 to be "b", found none',
            id="two messages in one read",
        ),
        pytest.param(
            DecodesPerRead,
            vector_of("2:é,", "é"),
            'byte by byte: expected message 1 to be "é", found none',
            id="byte by byte",
        ),
        pytest.param(
            LosesFirstOctetOfLaterReads,
            vector_of("5:hello,", "hello"),
            'in two segments, cut at 1: expected message 1 to be "hello", found none',
            id="two segments",
        ),
        pytest.param(
            DropsWhatFollows,
            vector_of("5:hello,", "hello"),
            "followed by 1 octet of another frame: expected eof_inside at 9, found no error",
            id="another frame behind",
        ),
    ],
)
def test_a_broken_receive_loop_is_found_by_the_delivery_that_shows_it(receiver, vector, difference):
    with pytest.raises(VectorMismatch) as mismatch:
        check_vector(codec_with(receiver, "netstring"), vector)
    assert str(mismatch.value) == f"sample, {difference}\nSo it is."


def test_a_long_wire_is_split_where_people_read_and_not_everywhere():
    class LosesAnOctetAfterTheUsualReadSize(Receiver):
        def keep(self, octets):
            super().keep(octets[1:] if len(self._buffer) == 4096 and len(octets) > 1 else octets)

    vector = vector_of(b"5000:" + b"x" * 5000 + b",", "x" * 5000)
    with pytest.raises(VectorMismatch) as mismatch:
        check_vector(codec_with(LosesAnOctetAfterTheUsualReadSize, "netstring"), vector)
    assert mismatch.value.delivery == "in two segments, cut at 4096"


def test_a_message_that_is_built_wrong_is_found():
    class Shouts(FrameCodec):
        def build_all(self, messages, peer=nobody):
            return super().build_all([message.upper() for message in messages], peer)

    with pytest.raises(VectorMismatch) as mismatch:
        check_vector(Shouts(codec_of("netstring").spec), vector_of("2:hi,", "hi"))
    assert str(mismatch.value) == 'sample, built again: expected message 1 to be "hi", found "HI"\nSo it is.'


# Files of vectors


def test_a_wire_is_octets_or_a_list_of_pieces(tmp_path):
    (tmp_path / "vectors.yaml").write_text(
        "shortread: vectors/1\n"
        "vectors:\n"
        "  - {name: text, reason: Text is UTF-8., wire: é, messages: []}\n"
        "  - {name: pieces, reason: They are joined., wire: [!hex 0001, a, !repeat [b, 2]], messages: []}\n"
    )
    assert [vector.wire for vector in load_vectors(tmp_path / "vectors.yaml")] == [b"\xc3\xa9", b"\x00\x01abb"]


def test_a_file_of_vectors_is_told_everything_that_is_wrong_with_it(tmp_path):
    path = tmp_path / "vectors.yaml"
    path.write_text(
        "shortread: vectors/1\n"
        "vectors:\n"
        "  - {name: a, reason: A., wire: [5, a], error: {code: eof_insid, offset: 1}}\n"
        "  - {name: b, wire: b, error: {code: eof_inside, offset: -1}}\n"
    )
    with pytest.raises(UsageError) as refused:
        load_vectors(path)
    codes = ", ".join(f"'{code}'" for code in Code)
    assert str(refused.value).splitlines() == [
        f"{path}:3:33: expected text or octets in every piece, found a list of 2",
        f"{path}:3:55: expected one of {codes}, found the text 'eof_insid'; did you mean 'eof_inside'?",
        f"{path}:4:5: expected a key 'reason', found the keys 'name', 'wire', 'error'; add 'reason'",
        f"{path}:4:58: expected a number of at least 0, found the number -1",
    ]


def test_a_spec_is_no_file_of_vectors():
    path = specs_folder() / "netstring.yaml"
    with pytest.raises(UsageError) as refused:
        load_vectors(path)
    assert str(refused.value) == (
        f"{path}:1:12: expected 'vectors/1', found the text 'spec/1'; write 'shortread: vectors/1'"
    )
