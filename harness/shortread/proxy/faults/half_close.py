"""# half-close

## What it does
Ends this direction behind the place, while the other one goes on. What its sender still sends is read and dropped.

## What it finds
Unfinished messages that are delivered as if they were whole, replies that are not sent once the other side has
finished, and the end of a stream that goes unnoticed.

## Cost
Nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import EndSending, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfClose(Strike):
    """The end in one direction."""

    ends_stream: ClassVar[bool] = True
    drops_rest: ClassVar[bool] = True

    def steps(self, offset: int) -> tuple[Step, ...]:
        """As soon as the octets before the place are out."""
        del offset
        return (EndSending(due_seconds=0.0),)
