"""What sample messages leave out is asked for where the grammar allows it; specs that ship leave out nothing."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load
from shortread.codec.samples import advice
from shortread.spec.library import spec_names, specs_folder

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: https://example.org
"""


def advice_for(folder, text):
    """What is asked for, each without its place and its remedy."""
    path = folder / "acme.yaml"
    path.write_text(HEAD + text)
    codec, document = load(path)
    return [missing.expected for missing in advice(codec, document)]


@pytest.mark.parametrize("name", spec_names())
def test_the_messages_of_what_ships_show_everything(name):
    codec, document = load(specs_folder() / f"{name}.yaml")
    assert [str(missing) for missing in advice(codec, document)] == []


EMPTY = "a message with 'body' empty"
CHARACTERS = "a message with characters outside ASCII"
TWICE = "a message that is sent twice"
SIGN = "a message for which 'length' has an octet of 128 or more, so that a sign shows"
ORDER = "messages for which more than one octet of 'length' is not 0, so that the order shows"
ROW = "three messages in a row with frames of at most 64 octets"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param(
            "frame: {prefix: u16be}\nmessages: [a]\n",
            [EMPTY, CHARACTERS, TWICE, SIGN, ORDER, ROW],
            id="everything",
        ),
        pytest.param(
            'frame: {prefix: u16be}\nmessages: ["", é, a, a, !repeat [x, 200], !repeat [x, 300]]\n', [], id="nothing"
        ),
        pytest.param("frame: {prefix: u16be}\nmessages: [é, a, a, !repeat [x, 384]]\n", [EMPTY], id="no empty one"),
        pytest.param(
            'frame: {prefix: u16be}\nmessages: ["", a, a, !repeat [x, 384]]\n', [CHARACTERS], id="ASCII alone"
        ),
        pytest.param('frame: {prefix: u16be}\nmessages: ["", é, a, !repeat [x, 384]]\n', [TWICE], id="each once"),
        pytest.param('frame: {prefix: u16be}\nmessages: ["", é, é, !repeat [x, 300]]\n', [SIGN], id="no sign"),
        pytest.param('frame: {prefix: u16be}\nmessages: ["", é, é, !repeat [x, 200]]\n', [ORDER], id="no order"),
        pytest.param('frame: {prefix: u16be}\nmessages: ["", é, !repeat [x, 384], é, a]\n', [ROW], id="none in a row"),
        pytest.param("frame: {prefix: u8, max: 100}\nmessages: [é, é, '']\n", [], id="lengths that cannot be large"),
        pytest.param("frame: {fixed: 4}\nmessages: [aaaa, aaaa, aéa]\n", [], id="sizes that cannot be others"),
        pytest.param("frame: {fixed: 100}\nmessages: [!repeat [é, 50], !repeat [é, 50]]\n", [], id="no short frames"),
        pytest.param(
            "frame: [{body: {text: {until: ';;'}, max: 9, charset: ascii}}]\nmessages: [a, a, '']\n",
            ["a message with ';' in it, with which a delimiter or an escape begins"],
            id="the beginning of a delimiter, and a charset without other characters",
        ),
        pytest.param(
            "frame: {delimiter: ';', max: 9}\nmessages: [é, é, '']\n", [], id="a delimiter that nothing begins"
        ),
        pytest.param(
            "frame: [{body: {bytes: {until: !hex c0}, max: 9, via: [slip]}}]\nmessages: [é, é, '']\n",
            [
                r"a message with '\xc0' in it, with which a delimiter or an escape begins",
                r"a message with '\xdb' in it, with which a delimiter or an escape begins",
            ],
            id="what has to be escaped",
        ),
        pytest.param(
            "phases:\n"
            "  greeting: {frame: [{name: {bytes: {until: ';'}, max: 9}}], next: {talk: 1 == 1}}\n"
            "  talk: {frame: {prefix: u8, max: 9}}\n"
            "messages: [hello, é;, '', '']\n",
            [],
            id="a greeting is as it is",
        ),
        pytest.param(
            "frame: {until: close, max: 9}\nmessages: [[a], [b]]\n", [EMPTY, CHARACTERS], id="one message per stream"
        ),
        pytest.param(
            "frame: {prefix: u8}\nexchange:\n  - {send: é, expect: any}\n  - {send: '', expect: any}\n",
            [TWICE, SIGN, ROW],
            id="what an exchange sends",
        ),
        pytest.param("frames: [{wire: abc}]\n", [], id="what was recorded"),
        pytest.param("frame: raw\nmessages: [aaé]\n", [], id="no framing"),
    ],
)
def test_what_is_asked_for(text, missing, tmp_path):
    assert advice_for(tmp_path, text) == missing


def test_advice_says_where_and_what_to_do(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(HEAD + "frame: {delimiter: ';', max: 9}\nmessages: [a, é, é]\n")
    assert [str(missing) for missing in advice(*load(path))] == [
        f"{path}:6:1: expected a message with 'body' empty, found none; add one"
    ]
