"""What a reply must say: a value, or less than a value. Specs and records write it, judging compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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
    """Text, octets that are text in UTF-8, or a number in digits, which the whole of a regular expression matches."""

    pattern: re.Pattern[str]

    def __str__(self) -> str:
        return f"text like {self.pattern.pattern}"


@dataclass(frozen=True, slots=True)
class OfType:
    """Octets, or text, that a type of the spec reads, all of them and no more."""

    name: str
    reads: Callable[[bytes], bool] = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"something of the type {self.name}"


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


Expected: TypeAlias = Anything | Exactly | Matching | OfType | Members | Items

ReaderOf: TypeAlias = Callable[[str], Callable[[bytes], bool]]
"""The name of a type -> whether octets are of this type."""


def _nobody_reads(_: str) -> Callable[[bytes], bool]:
    return lambda _: False


def parse_expected(written: object, reader_of: ReaderOf = _nobody_reads) -> Expected:  # noqa: PLR0911 - one for each way of writing
    """Read what a file says.

    That is `any`, `{pattern: REGEX}`, `{type: NAME}`, `{literal: VALUE}`, a mapping or a list of such, or a value.
    `reader_of` knows the types. Raises re.error for a pattern that is none.
    """
    match written:
        case "any":
            return Anything()
        case {"pattern": str(pattern), **rest} if not rest:
            return Matching(re.compile(pattern, re.DOTALL))
        case {"type": str(name), **rest} if not rest:
            return OfType(name, reader_of(name))
        case {"literal": value, **rest} if not rest:
            return Exactly(value)
        case Mapping():
            return Members(tuple((name, parse_expected(value, reader_of)) for name, value in written.items()))
        case list() | tuple():
            return Items(tuple(parse_expected(item, reader_of) for item in written))
        case _:
            return Exactly(written)  # type: ignore[arg-type] # what else a YAML file holds is a value


def is_met(expected: Expected, value: Value) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether a value says what is expected."""
    match expected:
        case Anything():
            return True
        case Exactly(wanted):
            return is_meant(wanted, value)
        case Matching(pattern):
            text = _text(value)
            return text is not None and pattern.fullmatch(text) is not None
        case OfType(_, reads):
            octets = value.encode() if isinstance(value, str) else value
            return isinstance(octets, bytes) and reads(octets)
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


def types_in(expected: Expected) -> Iterator[str]:
    """The names of the types that are expected somewhere."""
    match expected:
        case OfType(name):
            yield name
        case Members(members):
            for _, wanted in members:
                yield from types_in(wanted)
        case Items(items):
            for wanted in items:
                yield from types_in(wanted)


def known_members(expected: Expected) -> Mapping[str, Value]:
    """The members of a reply whose values are known before it has come."""
    if isinstance(expected, Exactly):
        return expected.value if isinstance(expected.value, Mapping) else {}
    if not isinstance(expected, Members):
        return {}
    return {name: wanted.value for name, wanted in expected.members if isinstance(wanted, Exactly)}


def _text(value: Value) -> str | None:
    match value:
        case str():
            return value
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return None
        case int() | float() if not isinstance(value, bool):
            return str(value)
        case _:
            return None
