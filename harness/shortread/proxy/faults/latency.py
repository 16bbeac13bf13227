"""# latency

## What it does
Delays everything by a time, give or take a jitter. The order stays, and a stream keeps its throughput.

## What it finds
Time limits that are too short, and readers that only work when a message comes in one piece at once.

## Cost
The delay, in each direction that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from shortread.proxy.faults.effect import Shape
from shortread.proxy.steps import EndSending, Pass, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(Shape):
    """Everything later."""

    delay_seconds: float
    jitter_seconds: float = 0.0

    def shaper(self, random: Random) -> _Delaying:
        """Each arrival has a jitter of its own."""
        return _Delaying(self, random)


class _Delaying:
    def __init__(self, latency: Latency, random: Random) -> None:
        self._latency = latency
        self._random = random

    def shape(self, steps: Iterable[Step], now_seconds: float) -> Iterator[Step]:
        jitter_seconds = self._latency.jitter_seconds
        delay_seconds = self._latency.delay_seconds
        if jitter_seconds:
            delay_seconds = max(0.0, delay_seconds + self._random.uniform(-jitter_seconds, jitter_seconds))
        for step in steps:
            if isinstance(step, Pass | EndSending):
                yield replace(step, due_seconds=max(step.due_seconds, now_seconds) + delay_seconds)
            else:
                yield step
