"""Which of many: connections or messages, counted from 1.

all | N | A..B | A.. | every-N | P%
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_RANGE = re.compile(r"([1-9][0-9]{0,8})\.\.([1-9][0-9]{0,8})?", re.ASCII)
_EVERY = re.compile(r"every-([1-9][0-9]{0,8})", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,17})?)%", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Every `step`-th number from `first` to `last`, each of them with a chance of `percent`.

    `str()` and `parse_selection` are inverse.
    """

    first: int = 1
    last: int | None = None
    step: int = 1
    percent: float = 100.0

    def __str__(self) -> str:
        if self.percent != 100.0:
            return f"{self.percent!r}%"
        if self.step > 1:
            return f"every-{self.step}"
        if self.first == self.last:
            return str(self.first)
        if self.last is None:
            return "all" if self.first == 1 else f"{self.first}.."
        return f"{self.first}..{self.last}"

    def chooses(self, number: int, random: Random) -> bool:
        """Whether `number` is one of them; asks chance only where it has a say."""
        if number < self.first or (self.last is not None and number > self.last) or (number - self.first) % self.step:
            return False
        return self.percent == 100.0 or random.random() * 100.0 < self.percent


ALL = Selection()


def parse_selection(text: str) -> Selection | None:
    """Read a selection; None for a text that is none."""
    if text == "all":
        return ALL
    if match := _NUMBER.fullmatch(text):
        return Selection(first=int(text), last=int(text))
    if match := _RANGE.fullmatch(text):
        last = int(match[2]) if match[2] else None
        return None if last is not None and last < int(match[1]) else Selection(first=int(match[1]), last=last)
    if match := _EVERY.fullmatch(text):
        return Selection(first=int(match[1]), step=int(match[1]))
    if (match := _PERCENT.fullmatch(text)) and float(match[1]) <= 100.0:
        return Selection(percent=float(match[1]))
    return None
