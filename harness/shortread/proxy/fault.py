"""A fault of live traffic: what is done, where, and to which connections; and its text form.

    KIND [VALUE…] [after N [of FIELD] [of message WHICH]] [of connection WHICH] [upstream|downstream]

`cut after 2 of length of message 3 of connection every-10` cuts behind the second octet of the length of the third
message of every tenth connection. WHICH is `all`, `N`, `A..B`, `A..`, `every-N` or `P%`; counting begins with 1.
Times are written `500ms` or `0.5s`, rates `64000B/s`, sizes as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum

from shortread.errors import UsageError
from shortread.proxy.faults.effect import Shape, Strike
from shortread.proxy.faults.table import EFFECTS
from shortread.proxy.placement import Place
from shortread.proxy.selection import ALL, Selection, parse_selection
from shortread.spec.yaml12 import did_you_mean


class Direction(StrEnum):
    """Which way octets go."""

    UPSTREAM = "upstream"
    """From the client to the server."""
    DOWNSTREAM = "downstream"
    """From the server to the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An effect, its place where it strikes at one, and what it is done to; no direction means both.

    `str()` and `parse_fault` are inverse.
    """

    effect: Strike | Shape
    place: Place | None = None
    connections: Selection = ALL
    direction: Direction | None = None

    def __str__(self) -> str:
        words = [kind_of(self.effect), *_values(self.effect)]
        if self.place is not None:
            words.append(str(self.place))
        if self.connections != ALL:
            words.append(f"of connection {self.connections}")
        if self.direction is not None:
            words.append(self.direction)
        return " ".join(words)


def kind_of(effect: Strike | Shape) -> str:
    """The name of an effect's kind."""
    return next(name for name, kind in EFFECTS.items() if kind is type(effect))


def parse_fault(text: str, *, where: str = "--fault") -> Fault:
    """Read the text form. Raises UsageError, whose `where` is the given one."""
    return _Parser(text, where).fault()


class _Parser:
    """Takes one word after the other."""

    def __init__(self, text: str, where: str) -> None:
        self._words = text.split()
        self._text = text
        self._where = where

    def fault(self) -> Fault:
        name = self._take()
        kind = EFFECTS.get(name)
        if kind is None:
            raise self._error(f"one of the faults {', '.join(EFFECTS)}", name, did_you_mean(name, EFFECTS))
        effect = self._effect(name, kind)
        place = self._place()
        connections = ALL
        if self._words[:2] == ["of", "connection"]:
            connections = self._selection("of connection")
        direction = Direction(self._take()) if self._words[:1] in (["upstream"], ["downstream"]) else None
        if self._words:
            raise self._error("nothing more, or: " + _FORM, " ".join(self._words))
        self._check_place(name, effect, place)
        return Fault(effect=effect, place=place, connections=connections, direction=direction)

    def _effect(self, name: str, kind: type[Strike] | type[Shape]) -> Strike | Shape:
        values: dict[str, float] = {}
        for field in fields(kind):
            read, form = _unit_of(field)[1:]
            value = read(self._words[0]) if self._words else None
            if value is not None:
                values[field.name] = value
                self._take()
            elif field.default is MISSING:
                raise self._error(f"{form} behind {name}", self._words[0] if self._words else "nothing")
            else:
                break
        return kind(**values)

    def _place(self) -> Place | None:
        if self._words[:1] != ["after"]:
            return None
        self._take()
        count = self._take()
        if not re.fullmatch(r"[0-9]{1,12}", count, re.ASCII):
            raise self._error("how many octets, behind `after`", count)
        field = messages = None
        if self._words[:1] == ["of"] and self._words[:2] != ["of", "connection"] and not self._is_message():
            self._take()
            field = self._take()
        if self._is_message():
            messages = self._selection("of message")
        return Place(after_octets=int(count), field=field, messages=messages or (ALL if field is not None else None))

    def _is_message(self) -> bool:
        """Whether numbers of messages follow; `of message` alone names a field."""
        return (
            self._words[:2] == ["of", "message"]
            and len(self._words) > 2
            and parse_selection(self._words[2]) is not None
        )

    def _selection(self, words: str) -> Selection:
        del self._words[:2]
        text = self._take()
        selection = parse_selection(text)
        if selection is None:
            raise self._error(f"all, N, A..B, A.., every-N or P% behind `{words}`", text)
        return selection

    def _check_place(self, name: str, effect: Strike | Shape, place: Place | None) -> None:
        if isinstance(effect, Shape) and place is not None:
            raise self._error(f"no place: {name} changes everything that passes", f"`{place}`", "leave it out")
        if isinstance(effect, Strike) and effect.needs_place and place is None:
            raise self._error(f"a place for {name}", "none", "write for example: after 1 of message all")

    def _take(self) -> str:
        return self._words.pop(0) if self._words else "nothing"

    def _error(self, expected: str, found: str, remedy: str = "") -> UsageError:
        return UsageError.single(
            where=f"{self._where} {self._text!r}", expected=expected, found=found, remedy=remedy or f"write: {_FORM}"
        )


_FORM = "KIND [VALUE…] [after N [of FIELD] [of message WHICH]] [of connection WHICH] [upstream|downstream]"


def _seconds(text: str) -> float | None:
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,17})?(?:e-[0-9]{1,2})?)(ms|s)", text, re.ASCII)
    return float(match[1]) / (1000 if match[2] == "ms" else 1) if match else None


def _octets(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) else None


def _rate(text: str) -> int | None:
    return _octets(text.removesuffix("B/s")) if text.endswith("B/s") else None


_UNITS: Mapping[str, tuple[Callable[[float], str], Callable[[str], float | None], str]] = {
    "_bytes_per_second": (lambda value: f"{value}B/s", _rate, "a rate such as 64000B/s"),
    "_bytes": (str, _octets, "a number of octets"),
    "_seconds": (lambda value: f"{value!r}s", _seconds, "a time such as 500ms or 0.5s"),
}
"""How a value is written, how it is read, and what it is called, by the unit at the end of its field's name."""


def _unit_of(field: Field[float]) -> tuple[Callable[[float], str], Callable[[str], float | None], str]:
    return next(unit for suffix, unit in _UNITS.items() if field.name.endswith(suffix))


def _values(effect: Strike | Shape) -> Iterator[str]:
    """The values as text, without those at the end that have their defaults."""
    described = [(field, getattr(effect, field.name)) for field in fields(effect)]
    while described and described[-1][0].default == described[-1][1]:
        described.pop()
    return (_unit_of(field)[0](value) for field, value in described)
