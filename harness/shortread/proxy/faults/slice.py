"""# slice

## What it does
Cuts everything into segments of about a size, each read before the next is sent, with a pause between them.

## What it finds
Nearly every short-read mistake, without knowing the protocol.

## Cost
As that of a cut, once for each segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from shortread.proxy.faults.effect import Shape
from shortread.proxy.steps import AwaitRead, Pass, Pause, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Shape):
    """Many small segments."""

    size_bytes: int
    variation_bytes: int = 0
    pause_seconds: float = 0.0

    def shaper(self, random: Random) -> _Slicing:
        """The sizes vary by chance."""
        return _Slicing(self, random)


class _Slicing:
    def __init__(self, settings: Slice, random: Random) -> None:
        self._settings = settings
        self._random = random

    def shape(self, steps: Iterable[Step], now_seconds: float) -> Iterator[Step]:
        del now_seconds
        for step in steps:
            if isinstance(step, Pass):
                yield from self._segments(step)
            else:
                yield step

    def _segments(self, step: Pass) -> Iterator[Step]:
        at = 0
        while at < len(step.octets):
            end = min(len(step.octets), at + self._size())
            yield Pass(octets=step.octets[at:end], offset=step.offset + at, due_seconds=step.due_seconds)
            at = end
            # The last one too: what comes next is another segment, whenever it comes.
            yield AwaitRead(offset=step.offset + at)
            if self._settings.pause_seconds:
                yield Pause(pause_seconds=self._settings.pause_seconds)

    def _size(self) -> int:
        variation = self._settings.variation_bytes
        size = self._settings.size_bytes
        return max(1, size + self._random.randint(-variation, variation) if variation else size)
