"""# slow-close

## What it does
Passes the end of a direction on only after a time.

## What it finds
Readers that wait for the end of the stream although the framing has told them everything.

## Cost
The time, once for each connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from shortread.proxy.faults.effect import Shape
from shortread.proxy.steps import EndSending, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowClose(Shape):
    """The end comes late."""

    delay_seconds: float

    def shaper(self, random: Random) -> _Delaying:
        """The end is delayed, and nothing else."""
        del random
        return _Delaying(self.delay_seconds)


class _Delaying:
    def __init__(self, delay_seconds: float) -> None:
        self._delay_seconds = delay_seconds

    def shape(self, steps: Iterable[Step], now_seconds: float) -> Iterator[Step]:
        for step in steps:
            if isinstance(step, EndSending):
                yield replace(step, due_seconds=max(step.due_seconds, now_seconds) + self._delay_seconds)
            else:
                yield step
