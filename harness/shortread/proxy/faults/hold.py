"""# hold

## What it does
Sends everything before the place, and keeps what follows until the other side has answered something, at most for
the given time.

## What it finds
Complete messages that wait in a buffer until more octets come: the answer comes only when the time is over.

## Cost
The time of an answer at each place; the whole limit where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import AwaitAnswer, AwaitRead, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Strike):
    """What follows waits for an answer to what came before."""

    limit_seconds: float = 2.0

    def steps(self, offset: int) -> tuple[Step, ...]:
        """An answer counts that comes after everything before the place has been sent."""
        return AwaitRead(offset=offset), AwaitAnswer(limit_seconds=self.limit_seconds)
