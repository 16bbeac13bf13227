"""# join

## What it does
Collects what comes within a time, counted from its first octet, and sends it in one write.

## What it finds
Readers that take one read for one message, and drop or merge those that follow in it.

## Cost
The time, for each write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf
from random import Random

from shortread.proxy.faults.effect import Shape
from shortread.proxy.steps import EndSending, Pass, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Shape):
    """Fewer and larger segments."""

    window_seconds: float

    def shaper(self, random: Random) -> _Joining:
        """Each direction of each connection has windows of its own."""
        del random
        return _Joining(self.window_seconds)


class _Joining:
    def __init__(self, window_seconds: float) -> None:
        self._window_seconds = window_seconds
        self._due_seconds = -inf

    def shape(self, steps: Iterable[Step], now_seconds: float) -> Iterator[Step]:
        for step in steps:
            if isinstance(step, Pass):
                at_seconds = max(step.due_seconds, now_seconds)
                if at_seconds > self._due_seconds:
                    self._due_seconds = at_seconds + self._window_seconds
                yield replace(step, due_seconds=self._due_seconds)
            elif isinstance(step, EndSending):
                yield replace(step, due_seconds=max(step.due_seconds, self._due_seconds))
            else:
                yield step
