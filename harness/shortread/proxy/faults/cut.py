"""# cut

## What it does
Lets the octets before the place be read before those behind it are sent.

## What it finds
Readers that take what one read returns for a whole message, or for the whole of a field.

## Cost
The time until the reader reads, at most a second. Where the kernel cannot say, a pause that the log calls assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

from shortread.proxy.faults.effect import Strike
from shortread.proxy.steps import AwaitRead, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Strike):
    """Two segments instead of one."""

    def steps(self, offset: int) -> tuple[Step, ...]:
        """Wait until it has been read."""
        return (AwaitRead(offset=offset),)
