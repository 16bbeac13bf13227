"""Frames and turns that were recorded: what is sent, what must come back, and where it is waited for."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.expected import Anything, Exactly
from shortread.faults.table import FAULTS, schedules_of
from shortread.stream import Kind

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""
FRAMES = (
    HEAD
    + """\
frames:
  - {wire: !hex 0001 61, message: a}
  - {wire: !hex 0000, message: ""}
  - {wire: !hex 0002 6263}
  - {wire: !repeat [x, 65]}
"""
)
TURNS = (
    HEAD
    + """\
turns:
  - {expect: any}
  - {send: "ab\\n", message: ab}
  - {expect: "AB\\n"}
  - {send: "c\\n", message: c}
  - {send: "d\\n", message: d}
  - {expect: any}
"""
)


def conversations(folder, text):
    (folder / "acme.yaml").write_text(text)
    return conversations_of(load_codec(folder / "acme.yaml"))


def test_frames_are_sent_as_they_were_recorded(tmp_path):
    said = conversations(tmp_path, FRAMES)
    wires = [b"\0\1a", b"\0\0", b"\0\2bc", b"x" * 65]
    assert [[frame.wire for frame in one.stream.frames] for one in said] == [wires[:count] for count in (1, 2, 3, 4)]
    assert [one.name for one in said] == ["ordinary/1", "ordinary/2", "ordinary/3", "boundary/4"]
    assert [frame.message for frame in said[-1].stream.frames] == ["a", "", b"\0\2bc", b"x" * 65]


def test_turns_are_one_conversation_that_stops_where_the_other_side_speaks(tmp_path):
    (said,) = conversations(tmp_path, TURNS)
    assert said.stream.wire == b"ab\nc\nd\n"
    assert [frame.message for frame in said.stream.frames] == ["ab", "c", "d"]
    assert [(answer.after_bytes, answer.expected, answer.wire) for answer in said.answers] == [
        (0, Anything(), None),
        (3, Exactly(b"AB\n"), b"AB\n"),
        (7, Anything(), None),
    ]
    assert said.stops == (0, 3, 7)
    assert (said.kind, said.knows_frames) == (Kind.ORDINARY, True)


@pytest.mark.parametrize(
    ("turns", "faults"),
    [
        (TURNS, set(FAULTS)),
        (TURNS.replace(", message: c", ""), {"whole", "every-cut", "one-byte"}),
    ],
)
def test_where_the_frames_of_a_turn_are_not_known_everything_is_delivered(turns, faults, tmp_path):
    (said,) = conversations(tmp_path, turns)
    applied = {fault for fault in FAULTS if schedules_of(fault, said)}
    assert applied <= faults
    assert applied >= {"whole", "every-cut", "one-byte"}
    assert ("half-close" in applied) == said.knows_frames
