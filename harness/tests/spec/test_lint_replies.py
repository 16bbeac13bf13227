"""What the rules about replies object to, word for word."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load_codec
from shortread.errors import UsageError

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: https://example.org
"""
"""The first four lines of every spec here; what a test adds starts in line 5."""

LINES = 'frame: {delimiter: "\\n", max: 9}\n'


def problems_of(folder, text):
    """The problems of a spec, each as `line:column: sentence`."""
    path = folder / "acme.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(UsageError) as refused:
        load_codec(path)
    return [str(problem).removeprefix(f"{path}:") for problem in refused.value.problems]


def objection(rule, text, *problems):
    return pytest.param(text, list(problems), id=rule)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        objection(
            "something is said",
            LINES + "reply: echo\n",
            "1:1: expected messages to send, found none; add one that is short, and an empty one",
        ),
        objection(
            "a step says something",
            LINES + "exchange:\n  - {send: a}\n  - {}\n",
            "8:5: expected send, expect, or both, found neither; say what is sent, or what must come",
        ),
        objection(
            "an exchange sends something",
            LINES + "exchange:\n  - {expect: hello}\n",
            "7:3: expected at least one message to send, found only what must come; add a step that sends one",
        ),
        objection(
            "turns send something",
            "turns:\n  - {expect: hello}\n",
            "6:3: expected at least one message to send, found only what must come; add a step that sends one",
        ),
        objection(
            "a turn is the turn of one side",
            'turns:\n  - {send: a, expect: b}\n  - {message: ""}\n',
            "6:5: expected one of send and expect, found both; make it the turn of one side",
            "7:5: expected one of send and expect, found neither; make it the turn of one side",
        ),
        objection(
            "a turn is not empty",
            'turns:\n  - {send: a}\n  - {expect: ""}\n',
            "7:14: expected a length of at least 1, found an empty text",
        ),
        objection(
            "a turn ends where it can be told",
            "turns:\n  - {send: a}\n  - {expect: any}\n  - {expect: b}\n",
            "8:5: expected a turn of ours behind one that is not compared, found another of theirs; "
            "write both as one, or leave this one out",
        ),
        objection(
            "replies are said once",
            LINES + "reply: echo\nexchange:\n  - {send: a, expect: b}\n",
            "6:8: expected one of reply, exchange and turns, found reply and exchange; say once what must come back",
        ),
        objection(
            "replies to turns are said by them",
            "reply: echo\nturns:\n  - {send: a}\n  - {expect: b}\n",
            "5:8: expected one of reply, exchange and turns, found reply and turns; say once what must come back",
        ),
        objection(
            "an exchange needs a grammar",
            "frames: [{wire: a}]\nexchange:\n  - {send: a, expect: b}\n",
            "7:3: expected frames that are described, found frames that were recorded; "
            "use turns, or describe the frames",
        ),
        objection(
            "types that are expected exist",
            "types:\n  pair: [{a: {number: u8}}]\n"
            + LINES
            + "exchange:\n  - {send: a, expect: {type: pare}}\non_malformed: {error: {type: trouble}}\n",
            "9:23: expected the name of a type: pair, found 'pare'; did you mean 'pair'?",
            "10:23: expected the name of a type: pair, found 'trouble'; "
            "name a type, or write {literal: …} for a message",
        ),
        objection(
            "volatile fields exist",
            LINES + "reply: same-as-whole\nmessages: [a]\nvolatile: [body, bdy, date.x]\n",
            "8:18: expected the name of a field, found 'bdy'; did you mean 'body'?",
            "8:23: expected the name of a field, found 'date'; name a field of the replies",
        ),
        objection(
            "a pattern is a regular expression",
            LINES + "exchange:\n  - {send: a, expect: {pattern: '('}}\n",
            "7:23: expected a regular expression, found missing ), unterminated subpattern at position 0; "
            "see Python's module re",
        ),
        objection(
            "transitions speak of fields",
            'types: {line: [{text: {bytes: {until: "\\n"}, max: 9}}]}\n'
            "reply: echo\n"
            "messages: [a]\n"
            "phases:\n"
            "  lines: {frame: line, next: {done: \"txt == '' and peer.code == 1\"}}\n"
            "  done: {frame: none}\n",
            "9:37: expected names of fields of the frame: text, found 'txt'; did you mean 'text'?",
            "9:37: expected a field of the other side: text, found 'peer.code'; name a field of its frames",
        ),
    ],
)
def test_what_the_rules_object_to(text, problems, tmp_path):
    assert problems_of(tmp_path, text) == problems


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LINES + "reply: close\nexchange:\n  - {send: a, expect: b}\n", id="close beside an exchange"),
        pytest.param(LINES + "exchange:\n  - {expect: any}\n  - {send: a}\n", id="a step of one side"),
        pytest.param(LINES + "reply: same-as-whole\nmessages: [a]\nvolatile: [body.date]\n", id="a volatile member"),
        pytest.param("reply: echo\nframes: [{wire: a}]\n", id="recorded frames with a reply"),
        pytest.param("turns:\n  - {expect: a}\n  - {expect: any}\n  - {send: b}\n", id="an open turn before ours"),
        pytest.param(
            "types: {pair: [{a: {number: u8}}]}\n" + LINES + "exchange:\n  - {send: a, expect: [{type: pair}]}\n",
            id="a type inside a message",
        ),
        pytest.param(
            LINES + "exchange:\n  - {send: a, expect: {literal: {type: pair}}}\n", id="a literal that looks so"
        ),
    ],
)
def test_what_the_rules_allow(text, tmp_path):
    (tmp_path / "acme.yaml").write_text(HEAD + text)
    assert load_codec(tmp_path / "acme.yaml").spec.protocol == "acme"
