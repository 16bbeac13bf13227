"""Frames that must be refused: what stands before them, and what they say of themselves."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.malformed import malformed
from shortread.spec.codes import Code

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""
LINES = HEAD + 'frame: {delimiter: "\\n", max: 3}\n'
NETSTRINGS = (
    HEAD
    + """\
frame:
  - length: {number: digits, max_digits: 2, max: 80, counts: [body]}
  - ":"
  - body: {bytes: counted}
  - ","
reply: echo
messages: [!repeat [x, 70], abc]
"""
)


def conversations(folder, text):
    (folder / "acme.yaml").write_text(text)
    return malformed(load_codec(folder / "acme.yaml"))


def test_a_malformed_frame_stands_behind_a_short_one_that_is_right(tmp_path):
    assert {one.stream.frames[0].wire for one in conversations(tmp_path, NETSTRINGS)} == {b"3:abc,"}


def test_a_malformed_frame_says_for_what_it_must_be_refused(tmp_path):
    said = {one.stream.frames[1].message for one in conversations(tmp_path, NETSTRINGS)}
    assert said >= {Code.NON_DIGIT_LENGTH, Code.NO_DIGITS, Code.LEADING_ZERO, Code.TOO_MANY_DIGITS, Code.OVERSIZE}
    assert said <= set(Code)


def test_a_malformed_frame_is_one_span_that_says_what_is_wrong(tmp_path):
    spans = {}
    for one in conversations(tmp_path, NETSTRINGS):
        _, wrong = one.stream.frames
        (span,) = wrong.spans
        assert (span.start, span.end) == (0, len(wrong.wire))
        spans[span.name] = wrong.message
    assert spans["a sign in length"] == Code.NON_DIGIT_LENGTH
    assert spans["one too much in length"] == Code.OVERSIZE
    assert spans["another octet in ','"] == Code.CONST_MISMATCH


@pytest.mark.parametrize(
    ("keys", "before", "answers"),
    [
        ("reply: echo\nmessages: [ab, c]\n", [b"ab\n"], []),
        ("reply: close\nmessages: [ab, c]\n", [], []),
        ("exchange: [{expect: hi}, {send: ab, expect: ok}, {send: c}]\n", [b"ab\n"], [0, 3]),
        ("exchange: [{expect: hi}, {send: ab, expect: ok}, {send: c}]\nreply: close\n", [b"ab\n"], [0, 3]),
        ("exchange: [{expect: hi}, {send: ab, expect: ok}]\nreply: close\n", [], [0]),
    ],
)
def test_what_stands_before_it_and_must_be_answered(keys, before, answers, tmp_path):
    (said,) = conversations(tmp_path, LINES + keys)
    assert [frame.wire for frame in said.stream.frames] == [*before, b"xxxx\n"]
    assert [answer.after_bytes for answer in said.answers] == answers


def test_there_are_none_where_frames_cannot_stand_in_any_order(tmp_path):
    assert conversations(tmp_path, HEAD + "frame: {until: close, max: 9}\nreply: echo\nmessages: [a]\n") == ()
