"""# pause

## What it does
Lets the octets before the place be read, and keeps silent for a while before it sends those behind it.

## What it finds
Readers that take silence for the end of a message, or of the connection.

## Cost
The pause, at each place.
"""

from __future__ import annotations

from dataclasses import dataclass

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import AwaitRead, Step
from shortread.proxy.steps import Pause as PauseStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Strike):
    """Silence inside a stream."""

    pause_seconds: float

    def steps(self, offset: int) -> tuple[Step, ...]:
        """The pause begins when everything before it has been read."""
        return AwaitRead(offset=offset), PauseStep(pause_seconds=self.pause_seconds)
