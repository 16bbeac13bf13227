"""What every fault does in one of two ways: it strikes at a place, or it shapes everything that passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Protocol

from shortread.proxy.steps import Step


class Shaper(Protocol):
    """Changes the steps of one direction of one connection; keeps what it must remember."""

    def shape(self, steps: Iterable[Step], now_seconds: float) -> Iterator[Step]:
        """The steps instead of those that were decided now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """An effect at a place. Its fields are what its text form has behind its name, the unit in the field's name.

    One that `needs_place` must be told where; the others strike before the first octet when they are not.
    """

    needs_place: ClassVar[bool] = True

    def steps(self, offset: int) -> tuple[Step, ...]:
        """What to do between the octets before `offset` and those behind it."""
        raise NotImplementedError

    ends_stream: ClassVar[bool] = False
    """Whether nothing passes behind the place."""

    drops_rest: ClassVar[bool] = False
    """Whether what would have to pass behind the end is read all the same; else it stays with its sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An effect on everything that passes. Its fields are as those of Strike."""

    def shaper(self, random: Random) -> Shaper:
        """What does it on one direction of one connection."""
        raise NotImplementedError


Effect = Strike | Shape
