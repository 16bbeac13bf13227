"""What a relay is to do next, in order. Decided without a socket, carried out by the relay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Give octets to the other side, not before `due_seconds` of the loop's clock; `offset` is theirs in the stream.

    What follows directly and is due goes with them in one write.
    """

    octets: bytes
    offset: int
    due_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitRead:
    """Wait until the other side has read everything before `offset`, so that what follows is a segment of its own."""

    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Do nothing for so long."""

    pause_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitAnswer:
    """Wait until something has come the other way since octets were last sent, or the time is over."""

    limit_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSending:
    """Half-close, not before `due_seconds`."""

    due_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBoth:
    """Close both connections, with nothing left unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetBoth:
    """Reset both connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Write into the log that a fault strikes here, or that it could not and why."""

    action: str
    fault: str
    offset: int
    message: int | None
    detail: str = ""


Step: TypeAlias = Pass | AwaitRead | Pause | AwaitAnswer | EndSending | CloseBoth | ResetBoth | Note
