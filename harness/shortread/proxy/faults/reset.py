"""# reset

## What it does
Lets the octets before the place be read, waits, and resets the connections to both sides.

## What it finds
Readers that die of a reset, that keep what belonged to the connection, or that deliver an unfinished message.

## Cost
The connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import AwaitRead, Pause, ResetBoth, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Strike):
    """A reset in both directions."""

    needs_place: ClassVar[bool] = False
    ends_stream: ClassVar[bool] = True
    delay_seconds: float = 0.0

    def steps(self, offset: int) -> tuple[Step, ...]:
        """A reset can overtake octets that have not been read, so those before the place must have been."""
        return AwaitRead(offset=offset), Pause(pause_seconds=self.delay_seconds), ResetBoth()
