"""What a spec says is sent and what must come back, from its beginning."""

from __future__ import annotations

from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.expected import Anything, Exactly
from shortread.stream import Kind

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""
LINES = HEAD + 'frame: {delimiter: "\\n", max: 9}\n'


def conversations(folder, text, kind=Kind.ORDINARY):
    (folder / "acme.yaml").write_text(text)
    return [one for one in conversations_of(load_codec(folder / "acme.yaml")) if one.kind is kind]


STEPS = """\
exchange:
  - {expect: hello}
  - {send: a, expect: b}
  - {send: c}
  - {send: d, expect: any}
  - {expect: more}
  - {send: e, expect: f}
"""


def test_an_exchange_is_begun_with_one_message_two_three_and_all(tmp_path):
    said = conversations(tmp_path, LINES + STEPS)
    assert [one.stream.wire for one in said] == [b"a\n", b"a\nc\n", b"a\nc\nd\n", b"a\nc\nd\ne\n"]


def test_an_answer_is_due_behind_the_messages_before_it(tmp_path):
    due = [(0, Exactly("hello")), (2, Exactly("b")), (6, Anything()), (6, Exactly("more")), (8, Exactly("f"))]
    counts = [2, 2, 4, 5]
    for count, one in zip(counts, conversations(tmp_path, LINES + STEPS), strict=True):
        assert [(answer.after_bytes, answer.expected) for answer in one.answers] == due[:count]


ASKING = (
    HEAD
    + """\
types:
  line: [{text: {bytes: {until: "\\n"}, max: 9}}]
  mail: [{data: {bytes: 4}}]
directions:
  client:
    phases:
      commands: {frame: line, next: {mail: "peer.code == 354"}}
      mail: {frame: mail, next: {commands: "1 == 1"}}
  server:
    - code: {number: digits, max_digits: 3}
    - " "
    - text: {bytes: {until: "\\n"}, max: 9}
exchange:
  - {send: data, expect: {code: CODE, text: any}}
  - {send: LAST, expect: {code: 250, text: any}}
"""
)


def test_what_a_message_is_may_depend_on_the_answer_before_it(tmp_path):
    go_on = ASKING.replace("CODE", "354").replace("LAST", "a\\nbc").replace("a\\nbc", '"a\\nbc"')
    refused = ASKING.replace("CODE", "503").replace("LAST", "abc")
    assert conversations(tmp_path, go_on)[-1].stream.wire == b"data\na\nbc"
    assert conversations(tmp_path, refused)[-1].stream.wire == b"data\nabc\n"
