"""How a stream is delivered: actions, and the text form in which people and files write them.

    [connection:] send a..b [by n] | read | await-reply | pause SECONDS | stop-reading | resume-reading
                  | half-close | close | reset

Offsets count octets of the stream, so a schedule never holds the bytes themselves. A number with a colon says on
which connection the actions behind it happen; the first is 1, and needs no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from shortread.errors import UsageError

MAX_CONNECTIONS = 256
MAX_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class On:
    """What follows happens on this connection; it is opened when its first action is due."""

    connection: int

    def __str__(self) -> str:
        return f"{self.connection}:"


@dataclass(frozen=True, slots=True)
class Send:
    """Give octets `start` to `end` (exclusive) of the stream to the kernel as one segment.

    With `by_bytes`, as segments of that size, of which the last may be shorter, each sent when the one before has been
    read; it is smaller than the whole. Where `half-close` follows at once, the last octets and the end of the stream
    go out in one segment.
    """

    start: int
    end: int
    by_bytes: int | None = None

    def __str__(self) -> str:
        return f"send {self.start}..{self.end}" + (f" by {self.by_bytes}" if self.by_bytes else "")

    def segments(self) -> Iterator[Send]:
        """Each segment as a `send` of its own."""
        for start in range(self.start, self.end, self.by_bytes or self.end - self.start):
            yield Send(start, min(start + (self.by_bytes or self.end), self.end))


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
class Pause:
    """Do nothing for a time."""

    seconds: float

    def __str__(self) -> str:
        return f"pause {f'{self.seconds:.6f}'.rstrip('0').rstrip('.')}"


@dataclass(frozen=True, slots=True)
class StopReading:
    """Leave replies unread, with a small receive window, until `resume-reading`.

    When nothing more can be sent because the implementation waits for us to read, reading is resumed too.
    """

    def __str__(self) -> str:
        return "stop-reading"


@dataclass(frozen=True, slots=True)
class ResumeReading:
    """Read again."""

    def __str__(self) -> str:
        return "resume-reading"


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


@dataclass(frozen=True, slots=True)
class Reset:
    """Abort the connection: the implementation's next read or write fails."""

    def __str__(self) -> str:
        return "reset"


Ending: TypeAlias = HalfClose | Close | Reset
Action: TypeAlias = On | Send | Read | AwaitReply | Pause | StopReading | ResumeReading | Ending

_PLAIN: dict[str, Action] = {
    str(action): action
    for action in (Read(), AwaitReply(), StopReading(), ResumeReading(), HalfClose(), Close(), Reset())
}
_SEND = re.compile(r"(\d{1,12})\.\.(\d{1,12})", re.ASCII)
_ON = re.compile(r"(\d{1,3}):", re.ASCII)
_SIZE = re.compile(r"\d{1,12}", re.ASCII)
_SECONDS = re.compile(r"\d{1,4}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The actions of one trial, in order. `str()` and `parse_schedule` are inverse."""

    actions: tuple[Action, ...]

    def __str__(self) -> str:
        return " ".join(map(str, self.actions))

    @property
    def segments(self) -> tuple[Send, ...]:
        """The segments of the first connection, one `send` each."""
        return self.segments_on(1)

    def segments_on(self, connection: int) -> tuple[Send, ...]:
        """The segments of a connection, one `send` each."""
        sends = (action for at, action in self.placed() if at == connection and isinstance(action, Send))
        return tuple(segment for send in sends for segment in send.segments())

    @property
    def connections(self) -> tuple[int, ...]:
        """The connections on which something happens, in the order in which they are opened."""
        return tuple(dict.fromkeys(connection for connection, _ in self.placed()))

    def placed(self) -> Iterator[tuple[int, Action]]:
        """Each action but `On`, with its connection."""
        connection = 1
        for action in self.actions:
            if isinstance(action, On):
                connection = action.connection
            else:
                yield connection, action


def parse_schedule(text: str, *, stream_bytes: int | None = None) -> Schedule:
    """Read the text form.

    Raises UsageError for an unknown word, for segments that do not follow each other on their connection without
    a gap from offset 0, for anything after the end of a connection, and for a segment beyond `stream_bytes` where
    that is given.
    """
    actions: list[Action] = []
    words = _Words(text.split())
    sent: dict[int, int] = {}
    ended: set[int] = set()
    connection = 1
    for word in words:
        action = _parse_action(word, words)
        actions.append(action)
        if isinstance(action, On):
            connection = action.connection
            continue
        if connection in ended:
            raise _error("nothing after the connection was ended", word, "end the connection last")
        if isinstance(action, Send):
            _check_segment(action, expected_start=sent.get(connection, 0))
            sent[connection] = action.end
        elif isinstance(action, Ending):
            ended.add(connection)
    if all(isinstance(action, On) for action in actions):
        raise _error("at least one action", "nothing", "for example: send 0..5 await-reply")
    most = max(sent.values(), default=0)
    if stream_bytes is not None and most > stream_bytes:
        expected = f"segments within the {stream_bytes} octets of the stream"
        raise _error(expected, f"an end at {most}", "shorten the last segment")
    return Schedule(tuple(actions))


class _Words(Iterator[str]):
    """Words one after the other, of which the next can be looked at."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._at = 0

    def __next__(self) -> str:
        if self._at == len(self._words):
            raise StopIteration
        self._at += 1
        return self._words[self._at - 1]

    def skip(self, word: str) -> bool:
        """Skip the next word if it is this one; whether it was."""
        is_there = self._words[self._at : self._at + 1] == [word]
        self._at += is_there
        return is_there


def _parse_action(word: str, words: _Words) -> Action:
    if word == "send":
        segment = _parse_segment(next(words, "nothing"))
        return _in_pieces(segment, next(words, "nothing")) if words.skip("by") else segment
    if word == "pause":
        return _parse_pause(next(words, "nothing"))
    if match := _ON.fullmatch(word):
        if not 1 <= int(match[1]) <= MAX_CONNECTIONS:
            raise _error(f"a connection from 1: to {MAX_CONNECTIONS}:", word, "number them from 1")
        return On(int(match[1]))
    if word in _PLAIN:
        return _PLAIN[word]
    raise _error("send A..B, pause SECONDS, " + ", ".join(_PLAIN), word, "see «Schedules» in the README")


def _parse_pause(text: str) -> Pause:
    if _SECONDS.fullmatch(text) is None or not 0 < float(text) <= MAX_PAUSE_SECONDS:
        raise _error(f"seconds, up to {MAX_PAUSE_SECONDS:g}, after pause", text, "for example: pause 1.5")
    return Pause(float(text))


def _parse_segment(text: str) -> Send:
    match = _SEND.fullmatch(text)
    if match is None:
        raise _error("two offsets A..B after send", text, "for example: send 0..5")
    return Send(int(match[1]), int(match[2]))


def _in_pieces(segment: Send, text: str) -> Send:
    if _SIZE.fullmatch(text) is None or not 0 < int(text) < segment.end - segment.start:
        raise _error("a size smaller than the segment after by", text, "for example: send 0..5 by 1")
    return replace(segment, by_bytes=int(text))


def _check_segment(segment: Send, *, expected_start: int) -> None:
    if segment.start != expected_start or segment.end <= segment.start:
        expected = f"a segment {expected_start}..B that continues the stream"
        found = f"{segment.start}..{segment.end}"
        raise _error(expected, found, "send the octets in order, at least one at a time")


def _error(expected: str, found: str, remedy: str) -> UsageError:
    return UsageError.single(where="schedule", expected=expected, found=found, remedy=remedy)
