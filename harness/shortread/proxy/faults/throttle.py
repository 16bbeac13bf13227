"""# throttle

## What it does
Passes at most so many octets in a second; 0 is no limit. The sender is held back as by a slow reader.

## What it finds
Senders that lose what does not fit, and time limits that count from the start of a message.

## Cost
The octets divided by the rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from shortread.proxy.faults.effect import Shape
from shortread.proxy.steps import EndSending, Pass, Step

_PIECES_PER_SECOND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle(Shape):
    """A narrow line."""

    rate_bytes_per_second: int

    def shaper(self, random: Random) -> _Throttling:
        """The rate is that of one direction of one connection."""
        del random
        return _Throttling(self.rate_bytes_per_second)


class _Throttling:
    def __init__(self, rate_bytes_per_second: int) -> None:
        self._rate = rate_bytes_per_second
        self._free_seconds = 0.0

    def shape(self, steps: Iterable[Step], now_seconds: float) -> Iterator[Step]:
        for step in steps:
            if self._rate and isinstance(step, Pass):
                yield from self._pieces(step, now_seconds)
            elif isinstance(step, EndSending):
                yield replace(step, due_seconds=max(step.due_seconds, self._free_seconds))
            else:
                yield step

    def _pieces(self, step: Pass, now_seconds: float) -> Iterator[Pass]:
        size = max(1, self._rate // _PIECES_PER_SECOND)
        for at in range(0, len(step.octets), size):
            octets = step.octets[at : at + size]
            self._free_seconds = max(self._free_seconds, step.due_seconds, now_seconds) + len(octets) / self._rate
            yield Pass(octets=octets, offset=step.offset + at, due_seconds=self._free_seconds)
