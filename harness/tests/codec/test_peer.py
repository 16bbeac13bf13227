"""What the other side said may decide what a frame is, and where it leads."""

from __future__ import annotations

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec

MAIL = """\
shortread: spec/1
protocol: mail
title: Lines, and data where the server agrees
reference: none
directions:
  client:
    phases:
      commands:
        frame: {delimiter: "\\n", max: 100}
        next: {data: "lower(body) == 'data' and peer.code in [none, 354]"}
      data: {frame: {fixed: 4}, next: {commands: "1 == 1"}}
  server:
    frame:
      - code: {number: digits, width: 3, max: 999}
      - what: {choice: when, when: [{if: "peer.body == 'length'", then: u8}], else: nothing}
messages: [hello, DATA, "abcd", bye]
"""


@pytest.fixture
def codec(tmp_path):
    path = tmp_path / "mail.yaml"
    path.write_text(MAIL)
    return load_codec(path)


def said(frames):
    return [frame.message for frame in frames]


def test_where_nothing_is_known_of_the_other_side_its_fields_are_none(codec):
    frames, violation = codec.parse(b"DATA\nabcdbye\n")
    assert (said(frames), violation) == ([b"DATA", b"abcd", b"bye"], None)


@pytest.mark.parametrize(("code", "messages"), [(354, [b"DATA", b"a\nbc", b"bye"]), (503, [b"DATA", b"a", b"bcbye"])])
def test_a_transition_waits_for_what_the_other_side_says(codec, code, messages):
    answers = []
    receiver = codec.receiver(lambda frames: answers[frames - 1] if frames else {})
    frames = receiver.feed(b"DATA\n")
    answers += [{"code": code}, {"code": 250}, {"code": 250}]
    frames += receiver.feed(b"a\nbcbye\n")
    assert said(frames) == messages


def test_what_a_frame_is_may_depend_on_the_request(codec):
    server = codec.counterpart
    asked = [{"body": "hello"}, {"body": "length"}, {"body": "bye"}]
    frames, violation = server.parse(b"200200\x05200", asked.__getitem__)
    assert (said(frames), violation) == ([{"code": 200, "what": what} for what in (None, 5, None)], None)
    rebuilt = server.build_all(said(frames), asked.__getitem__)
    assert b"".join(frame.wire for frame in rebuilt) == b"200200\x05200"


def test_a_codec_knows_whether_it_has_to_be_told_what_the_other_side_said(codec, tmp_path):
    path = tmp_path / "plain.yaml"
    path.write_text(MAIL.replace(" and peer.code in [none, 354]", "").replace("peer.body == 'length'", "code == 201"))
    assert codec.asks_peer
    assert codec.counterpart.asks_peer
    assert not load_codec(path).asks_peer
    assert isinstance(codec.counterpart, FrameCodec)
    assert codec.counterpart.counterpart.side == "client"
