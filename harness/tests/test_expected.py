"""What a reply must say: how it is written, and which values meet it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.expected import (
    Anything,
    Exactly,
    Items,
    Matching,
    Members,
    is_met,
    known_members,
    parse_expected,
    types_in,
)

NAMES = st.text("abc", min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.binary()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def written(value):
    """A value as a file says it, so that it stands for nothing but itself."""
    match value:
        case tuple():
            return [written(item) for item in value]
        case dict():
            return {name: written(part) for name, part in value.items()}
        case _:
            return {"literal": value}


def doubling(name):
    """Knows the types `one` and `two`, of which octets are if there are so many."""
    return lambda octets: len(octets) == ["one", "two"].index(name) + 1


# How it is written


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("any", Anything()),
        ({"literal": "any"}, Exactly("any")),
        ("anything", Exactly("anything")),
        (5, Exactly(5)),
        (None, Exactly(None)),
        ({"pattern": "a.c"}, Matching(re.compile("a.c", re.DOTALL))),
        ({"literal": {"pattern": "a.c"}}, Exactly({"pattern": "a.c"})),
        ({"pattern": "a.c", "kind": 1}, Members((("pattern", Exactly("a.c")), ("kind", Exactly(1))))),
        ({"kind": 2, "body": "any"}, Members((("kind", Exactly(2)), ("body", Anything())))),
        (["a", "any"], Items((Exactly("a"), Anything()))),
        ({"type": 5}, Members((("type", Exactly(5)),))),
    ],
)
def test_what_a_file_says(said, expected):
    assert parse_expected(said) == expected


def test_a_pattern_that_is_none_is_refused():
    with pytest.raises(re.error):
        parse_expected({"body": [{"pattern": "("}]})


def test_types_are_found_wherever_they_are_expected():
    said = {"kind": 1, "body": {"type": "one"}, "items": [{"type": "two"}, "any", {"literal": {"type": "three"}}]}
    assert list(types_in(parse_expected(said, doubling))) == ["one", "two"]


# What meets it


@given(VALUES)
def test_a_value_meets_what_was_written_from_it(value):
    assert is_met(parse_expected(written(value)), value)
    assert is_met(Exactly(value), value)
    assert is_met(Anything(), value)


@given(VALUES, VALUES)
def test_another_value_does_not(one, other):
    """Text is left out: it stands for its octets too."""
    if not any(isinstance(leaf, str) for leaf in leaves(one)):
        assert is_met(parse_expected(written(one)), other) == (one == other)


def leaves(value):
    match value:
        case tuple():
            return [leaf for item in value for leaf in leaves(item)]
        case dict():
            return [leaf for part in value.values() for leaf in leaves(part)]
        case _:
            return [value]


@given(st.text(), st.text())
def test_text_stands_for_its_octets(text, other):
    assert is_met(Exactly(text), text.encode())
    assert is_met(Exactly(text), other.encode()) == (text == other)


@given(st.dictionaries(NAMES, LEAVES, min_size=1, max_size=3), st.data())
def test_a_member_too_many_or_too_few_is_not_what_was_expected(members, data):
    expected = parse_expected(dict.fromkeys(members, "any"))
    name = data.draw(st.sampled_from(sorted(members)))
    assert is_met(expected, members)
    assert not is_met(expected, {**members, "another": None})
    assert not is_met(expected, {other: value for other, value in members.items() if other != name})


@pytest.mark.parametrize(
    ("said", "value", "is_so"),
    [
        ({"pattern": "[0-9]+"}, b"123", True),
        ({"pattern": "[0-9]+"}, "123", True),
        ({"pattern": "[0-9]+"}, 123, True),
        ({"pattern": "[0-9]+"}, b"123 ", False),
        ({"pattern": "[0-9]+"}, b"x123", False),
        ({"pattern": "a.c"}, b"a\nc", True),
        ({"pattern": "na.ve"}, "naïve".encode(), True),
        ({"pattern": ".*"}, b"\xff", False),
        ({"pattern": ".*"}, None, False),
        ({"pattern": ".*"}, (b"a",), False),
        ({"pattern": ".*"}, {"a": b"b"}, False),
        ({"type": "two"}, b"ab", True),
        ({"type": "two"}, "é", True),
        ({"type": "two"}, b"a", False),
        ({"type": "one"}, 1, False),
        (["any", 2], (b"x", 2), True),
        (["any", 2], (b"x",), False),
        (["any"], b"x", False),
        ({"kind": 2, "body": {"pattern": "t.*"}}, {"body": b"time", "kind": 2}, True),
        ({"kind": 2, "body": {"pattern": "t.*"}}, {"body": b"noon", "kind": 2}, False),
        ({"kind": 2}, b"kind", False),
        ({"literal": ["a", {"b": "c"}]}, (b"a", {"b": b"c"}), True),
        ({"literal": ["a", {"b": "c"}]}, (b"a", {"b": b"d"}), False),
    ],
)
def test_what_meets_an_expectation(said, value, is_so):
    assert is_met(parse_expected(said, doubling), value) is is_so


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("any", "anything"),
        ("pong", '"pong"'),
        ({"pattern": "[0-9]+"}, "text like [0-9]+"),
        ({"type": "one"}, "something of the type one"),
        ({"kind": 2, "body": ["any", "x"]}, 'kind: 2, body: [anything, "x"]'),
    ],
)
def test_an_expectation_is_described_for_people(said, text):
    assert str(parse_expected(said, doubling)) == text


# What is known of a reply before it has come


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({"code": 354, "text": "any"}, {"code": 354}),
        ({"literal": {"code": 354}}, {"code": 354}),
        ({"code": {"pattern": "3.."}}, {}),
        ("any", {}),
        ("354", {}),
    ],
)
def test_members_that_are_written_down_are_known(said, known):
    assert known_members(parse_expected(said)) == known
