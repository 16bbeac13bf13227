"""An implementation that runs already, somewhere: it is connected to, and nothing else of it can be seen."""

from __future__ import annotations

from shortread.wire.opening import Connecting
from shortread.wire.watch import Reading, Usage


class Unseen:
    """A watch over processes that cannot be looked at."""

    def read(self) -> Reading | None:
        """Nothing can be seen."""
        return None

    def usage(self) -> Usage | None:
        """Nothing can be seen."""
        return None

    def death(self) -> str | None:
        """Nobody knows."""
        return None


class RunningElsewhere:
    """A server at an address. It is neither started nor ended here."""

    is_flooding = False
    processes: tuple[int, ...] = ()
    transcript = None

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.opening = Connecting(address)
        self.watch = Unseen()

    def output_tail(self) -> str:
        """Its output is not ours to see."""
        return ""

    def end(self) -> None:
        """It goes on running."""
