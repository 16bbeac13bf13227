"""What a reply must say: a value, or less than a value. Specs and records write it, judging compares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from shortread.value import Value, describe


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever it says."""

    def __str__(self) -> str:
        return "anything"


@dataclass(frozen=True, slots=True)
class Exactly:
    """This value. Where it is text and the reply says octets, the text stands for its octets in UTF-8."""

    value: Value

    def __str__(self) -> str:
        return describe(self.value)


@dataclass(frozen=True, slots=True)
class Matching:
    """Text, or octets that are text in UTF-8, which the whole of a regular expression matches."""

    pattern: re.Pattern[str]

    def __str__(self) -> str:
        return f"text like {self.pattern.pattern}"


@dataclass(frozen=True, slots=True)
class Members:
    """A mapping with these members, each of which says what is expected of it, and no others."""

    members: tuple[tuple[str, Expected], ...]

    def __str__(self) -> str:
        return ", ".join(f"{name}: {expected}" for name, expected in self.members)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of these items, each of which says what is expected of it."""

    items: tuple[Expected, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


Expected: TypeAlias = Anything | Exactly | Matching | Members | Items


def parse_expected(written: object) -> Expected:
    """Read what a file says: `any`, `{pattern: REGEX}`, `{literal: VALUE}`, a mapping or a list of such, or a value.

    Raises re.error for a pattern that is none.
    """
    match written:
        case "any":
            return Anything()
        case {"pattern": str(pattern), **rest} if not rest:
            return Matching(re.compile(pattern, re.DOTALL))
        case {"literal": value, **rest} if not rest:
            return Exactly(value)
        case Mapping():
            return Members(tuple((name, parse_expected(value)) for name, value in written.items()))
        case list() | tuple():
            return Items(tuple(map(parse_expected, written)))
        case _:
            return Exactly(written)  # type: ignore[arg-type] # what else a YAML file holds is a value


def is_met(expected: Expected, value: Value) -> bool:
    """Whether a value says what is expected."""
    match expected:
        case Anything():
            return True
        case Exactly(wanted):
            return is_meant(wanted, value)
        case Matching(pattern):
            return pattern.fullmatch(_text(value)) is not None
        case Members(members):
            if not isinstance(value, Mapping) or value.keys() != dict(members).keys():
                return False
            return all(is_met(wanted, value[name]) for name, wanted in members)
        case Items(items):
            return isinstance(value, tuple) and len(value) == len(items) and all(map(is_met, items, value))


def is_meant(written: object, value: Value) -> bool:
    """Whether a literal of a YAML file stands for this value."""
    match value:
        case bytes() if isinstance(written, str):
            return written.encode() == value
        case tuple() if isinstance(written, list | tuple):
            return len(written) == len(value) and all(map(is_meant, written, value))
        case Mapping() if isinstance(written, Mapping):
            return written.keys() == value.keys() and all(is_meant(written[name], value[name]) for name in value)
        case _:
            return written == value


def known_members(expected: Expected) -> Mapping[str, Value]:
    """The members of a reply whose values are known before it has come."""
    if isinstance(expected, Exactly):
        return expected.value if isinstance(expected.value, Mapping) else {}
    if not isinstance(expected, Members):
        return {}
    return {name: wanted.value for name, wanted in expected.members if isinstance(wanted, Exactly)}


def _text(value: Value) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value if isinstance(value, str) else str(value)
