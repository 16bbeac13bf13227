"""Schedule -> commands for a wire. What a trial does next is decided here, without a socket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from shortread.judge.expectation import Expectation
from shortread.judge.oracle import Oracle
from shortread.schedule import (
    Action,
    AwaitReply,
    Close,
    Ending,
    HalfClose,
    On,
    Pause,
    Read,
    Reset,
    ResumeReading,
    Schedule,
    Send,
    StopReading,
)


@dataclass(frozen=True, slots=True)
class SendSegment:
    """Give these octets to the kernel in one call; `end` is the stream offset behind them.

    `with_end` says that the end of the stream goes out in the same segment.
    """

    octets: bytes | memoryview
    end: int
    with_end: bool = False
    connection: int = 1


@dataclass(frozen=True, slots=True)
class SendPieces:
    """Give these octets to the kernel in segments of `piece_bytes`, each when the one before has been read.

    `end` is the stream offset behind them; `settle` and `with_end` are as in `AwaitRead` and `SendSegment`.
    """

    octets: bytes
    end: int
    piece_bytes: int
    settle: bool
    with_end: bool = False
    connection: int = 1


@dataclass(frozen=True, slots=True)
class AwaitRead:
    """Wait until the implementation has read `sent_bytes`; with `settle`, until it is doing nothing any more.

    `is_boundary` says that more octets, or the end, will follow, so that how surely it was read is evidence.
    """

    sent_bytes: int
    settle: bool
    is_boundary: bool
    connection: int = 1


@dataclass(frozen=True, slots=True)
class AwaitReplies:
    """Wait until what is due has come; with `settle`, until the implementation is doing nothing any more."""

    sent_bytes: int
    due: Expectation
    settle: bool
    connection: int = 1


@dataclass(frozen=True, slots=True)
class DoNothing:
    """Let time pass."""

    seconds: float
    connection: int = 1


@dataclass(frozen=True, slots=True)
class SetReading:
    """Stop or resume reading what comes back."""

    is_reading: bool
    connection: int = 1


@dataclass(frozen=True, slots=True)
class EndSending:
    """Half-close."""

    connection: int = 1


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """Close both directions; with `abort`, by a reset."""

    abort: bool = False
    connection: int = 1


@dataclass(frozen=True, slots=True)
class AwaitEnd:
    """Read until the implementation has closed its side too; `due` is all that must have come by then."""

    due: Expectation
    connection: int = 1


Command: TypeAlias = (
    SendSegment
    | SendPieces
    | AwaitRead
    | AwaitReplies
    | DoNothing
    | SetReading
    | EndSending
    | CloseConnection
    | AwaitEnd
)


def commands_for(schedule: Schedule, oracle: Oracle, *, settle_every_boundary: bool = False) -> tuple[Command, ...]:
    """The commands that carry out a schedule.

    A connection that the schedule does not end is ended with a half-close, unless it is for the implementation to
    end it, and every trial waits for the implementation to close. Waiting for replies between two segments
    includes waiting until the first was read; where it stands inside a frame, the implementation must also have
    come to rest, because what comes back by then came too early. It must have come to rest before the connection
    is ended too, or it would be chance whether that meets what it still had to say; and behind each segment of a
    malformed frame, or it would be chance how much of it was sent before it was refused.
    """
    actions = schedule.actions
    if not any(isinstance(action, On) for action in actions):
        only = _Connection(1, actions, oracle, settle_every_boundary)
        return (*chain.from_iterable(map(only.carry_out, range(len(actions)))), *only.end())
    return tuple(_interleaved(tuple(schedule.placed()), oracle, settle_every_boundary=settle_every_boundary))


def _interleaved(
    placed: Sequence[tuple[int, Action]], oracle: Oracle, *, settle_every_boundary: bool
) -> Iterator[Command]:
    """Commands on several connections; each is ended when its last action was carried out."""
    numbers = dict.fromkeys(connection for connection, _ in placed)
    connections = {
        number: _Connection(
            number,
            [action for connection, action in placed if connection == number],
            oracle,
            settle_every_boundary,
        )
        for number in numbers
    }
    next_action = dict.fromkeys(numbers, 0)
    for number, _ in placed:
        connection = connections[number]
        yield from connection.carry_out(next_action[number])
        next_action[number] += 1
        if next_action[number] == len(connection.actions):
            yield from connection.end()


class _Connection:
    """What happens on one connection: how far its stream was sent, and where it was last seen to be read."""

    def __init__(self, number: int, actions: Sequence[Action], oracle: Oracle, settle_every_boundary: bool) -> None:  # noqa: FBT001 - private
        self.number = number
        self.actions = actions
        self._oracle = oracle
        self._wire = oracle.conversation.stream.wire
        self._settle_every_boundary = settle_every_boundary
        self._last_send = max((at for at, action in enumerate(actions) if isinstance(action, Send)), default=-1)
        self._last = actions[-1]
        self._sent = 0
        self._boundary = 0

    def carry_out(self, at: int) -> Iterator[Command]:
        """The commands for one action."""
        action = self.actions[at]
        more_follows = at < self._last_send
        match action:
            case Send(start, end, piece_bytes):
                with_end = at + 1 < len(self.actions) and isinstance(self.actions[at + 1], HalfClose)
                octets = self._wire[start:end]
                if piece_bytes is None:
                    yield SendSegment(octets, end, with_end, self.number)
                else:
                    yield SendPieces(octets, end, piece_bytes, self._must_settle_at(end), with_end, self.number)
                self._sent = end
            case Read() if self._sent > self._boundary:
                yield self._await_read(at, more_follows=more_follows)
            case AwaitReply():
                yield from self._await_replies(more_follows=more_follows)
            case Pause(seconds):
                yield DoNothing(seconds, self.number)
            case StopReading() | ResumeReading():
                yield SetReading(isinstance(action, ResumeReading), self.number)
            case HalfClose() if not self._ends_with_segment(at):
                yield EndSending(self.number)
            case Close() | Reset():
                yield CloseConnection(isinstance(action, Reset), self.number)

    def end(self) -> Iterator[Command]:
        """The commands behind the last action."""
        is_half_closed = isinstance(self._last, HalfClose)
        if not isinstance(self._last, Ending) and not self._oracle.ends_connection(self._sent):
            yield EndSending(self.number)
            is_half_closed = True
        yield AwaitEnd(self._oracle.expect(self._sent, half_closed=is_half_closed), self.number)

    def _ends_with_segment(self, at: int) -> bool:
        return at > 0 and isinstance(self.actions[at - 1], Send)

    def _must_settle_at(self, offset: int) -> bool:
        """Whether it must be seen what becomes of a part: of a malformed frame, or with somebody who may close then."""
        may_close = self._oracle.conversation.ends_after_bytes is not None
        return self._settle_every_boundary or may_close or self._oracle.expect(offset).refusal is not None

    def _await_read(self, at: int, *, more_follows: bool) -> AwaitRead:
        must_settle = self._must_settle_at(self._sent)
        ends_at_once = isinstance(self._last, Ending) and at + 2 == len(self.actions)
        settle = must_settle if more_follows else ends_at_once or isinstance(self._last, HalfClose)
        self._boundary = self._sent
        return AwaitRead(self._sent, settle, more_follows or isinstance(self._last, Ending), self.number)

    def _await_replies(self, *, more_follows: bool) -> Iterator[Command]:
        due = self._oracle.expect(self._sent)
        must_settle = self._settle_every_boundary or due.is_inside_frame
        settle = must_settle if more_follows else isinstance(self._last, Close | Reset)
        if more_follows and self._sent > self._boundary:
            yield AwaitRead(self._sent, settle=False, is_boundary=True, connection=self.number)
            self._boundary = self._sent
        yield AwaitReplies(self._sent, due, settle, self.number)
