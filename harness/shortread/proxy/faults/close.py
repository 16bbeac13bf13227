"""# close

## What it does
Closes the connections to both sides behind the place, in good order: everything before it arrives, then the end.

## What it finds
Unfinished messages that are delivered as if they were whole, readers that wait for ever or turn at full speed.

## Cost
The connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import CloseBoth, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Strike):
    """The end in both directions."""

    needs_place: ClassVar[bool] = False
    ends_stream: ClassVar[bool] = True

    def steps(self, offset: int) -> tuple[Step, ...]:
        """TCP keeps the end behind the octets; nothing need be awaited."""
        del offset
        return (CloseBoth(),)
