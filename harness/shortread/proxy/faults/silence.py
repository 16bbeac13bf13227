"""# silence

## What it does
Passes nothing behind the place, and closes both connections when the time is over; with a time of 0, never.

## What it finds
Clients and servers without a time limit of their own.

## Cost
The connection, after the given time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import ClassVar

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import CloseBoth, Pause, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Strike):
    """Nothing more, and then the end."""

    needs_place: ClassVar[bool] = False
    ends_stream: ClassVar[bool] = True
    limit_seconds: float = 0.0

    def steps(self, offset: int) -> tuple[Step, ...]:
        """What cannot pass stays with its sender: nothing is read that would have to be dropped."""
        del offset
        return Pause(pause_seconds=self.limit_seconds or inf), CloseBoth()
