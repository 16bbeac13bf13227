"""Where a message must be answered before the next, or the other side speaks first, a conversation has stops."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.stream import Kind

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""
LINES = HEAD + 'frame: {delimiter: "\\n", max: 9}\nreply: echo\nmessages: [a, bc, d]\n'
PHASES = HEAD + (
    "types:\n"
    '  line: [{text: {bytes: {until: "\\n"}, max: 9}}]\n'
    "phases:\n"
    "  asking: {frame: line, pipelining: no, next: {telling: \"text == 'tell'\"}}\n"
    "  telling: {frame: line, next: {asking: \"text == 'ask'\"}}\n"
    "reply: echo\n"
    "messages: [a, tell, b, c, ask, d]\n"
)


def stops_of(folder, text, kind=Kind.ORDINARY):
    """The stops of each conversation."""
    (folder / "acme.yaml").write_text(text)
    return [one.stops for one in conversations_of(load_codec(folder / "acme.yaml")) if one.kind is kind]


@pytest.mark.parametrize(
    ("keys", "stops"),
    [
        ("", [(), (), ()]),
        ("pipelining: no\n", [(2,), (2, 5), (2, 5, 7)]),
        ("first: server\n", [(0,), (0,), (0,)]),
        ("first: server\npipelining: no\n", [(0, 2), (0, 2, 5), (0, 2, 5, 7)]),
        ("first: both\n", [(), (), ()]),
    ],
)
def test_a_conversation_stops_where_the_other_side_must_be_heard(keys, stops, tmp_path):
    assert stops_of(tmp_path, LINES + keys) == stops


def test_a_malformed_frame_is_not_sent_before_the_one_before_it_was_answered(tmp_path):
    (stops,) = stops_of(tmp_path, LINES + "pipelining: no\n", Kind.MALFORMED)
    assert 2 in stops


def test_a_phase_may_have_lock_step_alone(tmp_path):
    assert stops_of(tmp_path, PHASES) == [(2, 7, 17)]


def test_recorded_frames_may_have_lock_step_too(tmp_path):
    frames = HEAD + "frames: [{wire: abc}, {wire: de}]\nfirst: server\npipelining: no\n"
    assert stops_of(tmp_path, frames) == [(0, 3), (0, 3, 5)]
