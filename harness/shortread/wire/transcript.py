"""What an implementation prints while it is tested."""

from __future__ import annotations

from typing import Protocol


class Transcript(Protocol):
    """Everything that is printed, in order."""

    def position(self) -> int:
        """How much was printed so far."""
        ...

    def await_more(self, known_bytes: int, *, timeout_seconds: float) -> None:
        """Wait until more was printed behind the position given last than so much, or the time is over."""
        ...

    def since(self, position: int) -> bytes:
        """What was printed behind the position that was given last, up to now."""
        ...
