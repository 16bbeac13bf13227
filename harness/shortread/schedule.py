"""How a stream is delivered: actions, and the text form in which people and files write them.

    send a..b | read | await-reply | half-close | close

Offsets count octets of the stream, so a schedule never holds the bytes themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from shortread.errors import UsageError


@dataclass(frozen=True, slots=True)
class Send:
    """Give octets `start` to `end` (exclusive) of the stream to the kernel as one segment."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"send {self.start}..{self.end}"


@dataclass(frozen=True, slots=True)
class Read:
    """Wait until the implementation has read everything sent so far."""

    def __str__(self) -> str:
        return "read"


@dataclass(frozen=True, slots=True)
class AwaitReply:
    """Wait until every reply that is due has come, or until none can come any more."""

    def __str__(self) -> str:
        return "await-reply"


@dataclass(frozen=True, slots=True)
class HalfClose:
    """Say that nothing more will be sent; replies are still read."""

    def __str__(self) -> str:
        return "half-close"


@dataclass(frozen=True, slots=True)
class Close:
    """Close both directions, with nothing left unread."""

    def __str__(self) -> str:
        return "close"


Action: TypeAlias = Send | Read | AwaitReply | HalfClose | Close

_PLAIN: dict[str, Action] = {str(action): action for action in (Read(), AwaitReply(), HalfClose(), Close())}
_SEND = re.compile(r"(\d{1,12})\.\.(\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The actions of one trial on one connection, in order. `str()` and `parse_schedule` are inverse."""

    actions: tuple[Action, ...]

    def __str__(self) -> str:
        return " ".join(map(str, self.actions))

    @property
    def segments(self) -> tuple[Send, ...]:
        """The `send` actions alone."""
        return tuple(action for action in self.actions if isinstance(action, Send))


def parse_schedule(text: str, *, stream_bytes: int | None = None) -> Schedule:
    """Read the text form.

    Raises UsageError for an unknown word, for segments that do not follow each other without a gap from
    offset 0, for anything sent after the end, and for a segment beyond `stream_bytes` where that is given.
    """
    actions: list[Action] = []
    words = iter(text.split())
    sent = 0
    has_ended = False
    for word in words:
        if has_ended:
            raise _error("nothing after the connection was ended", word, "end the connection last")
        if word == "send":
            segment = _parse_segment(next(words, "nothing"), expected_start=sent)
            sent = segment.end
            actions.append(segment)
        elif word in _PLAIN:
            actions.append(_PLAIN[word])
        else:
            raise _error("send A..B, " + ", ".join(_PLAIN), word, "see «Schedules» in the README")
        has_ended = isinstance(actions[-1], HalfClose | Close)
    if not actions:
        raise _error("at least one action", "nothing", "for example: send 0..5 await-reply")
    if stream_bytes is not None and sent > stream_bytes:
        expected = f"segments within the {stream_bytes} octets of the stream"
        raise _error(expected, f"an end at {sent}", "shorten the last segment")
    return Schedule(tuple(actions))


def _parse_segment(text: str, *, expected_start: int) -> Send:
    match = _SEND.fullmatch(text)
    if match is None:
        raise _error("two offsets A..B after send", text, "for example: send 0..5")
    segment = Send(int(match[1]), int(match[2]))
    if segment.start != expected_start or segment.end <= segment.start:
        expected = f"a segment {expected_start}..B that continues the stream"
        raise _error(expected, text, "send the octets in order, at least one at a time")
    return segment


def _error(expected: str, found: str, remedy: str) -> UsageError:
    return UsageError.single(where="schedule", expected=expected, found=found, remedy=remedy)
