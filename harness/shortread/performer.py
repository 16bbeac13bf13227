"""Schedule -> commands for a wire. What a trial does next is decided here, without a socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from shortread.judge.expectation import Expectation
from shortread.judge.oracle import Oracle
from shortread.schedule import AwaitReply, Close, HalfClose, Read, Schedule, Send


@dataclass(frozen=True, slots=True)
class SendSegment:
    """Give these octets to the kernel in one call; `end` is the stream offset behind them."""

    octets: bytes
    end: int


@dataclass(frozen=True, slots=True)
class AwaitRead:
    """Wait until the implementation has read `sent_bytes`; with `settle`, until it is doing nothing any more.

    `is_boundary` says that more will be sent, so that how surely it was read is evidence.
    """

    sent_bytes: int
    settle: bool
    is_boundary: bool


@dataclass(frozen=True, slots=True)
class AwaitReplies:
    """Wait until what is due has come; with `settle`, until the implementation is doing nothing any more."""

    sent_bytes: int
    due: Expectation
    settle: bool


@dataclass(frozen=True, slots=True)
class EndSending:
    """Half-close."""


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """Close both directions."""


@dataclass(frozen=True, slots=True)
class AwaitEnd:
    """Read until the implementation has closed its side too; `due` is all that must have come by then."""

    due: Expectation


Command: TypeAlias = SendSegment | AwaitRead | AwaitReplies | EndSending | CloseConnection | AwaitEnd


def commands_for(schedule: Schedule, oracle: Oracle, *, settle_every_boundary: bool = False) -> tuple[Command, ...]:
    """The commands that carry out a schedule.

    A schedule that does not end the connection is ended with a half-close, unless it is for the implementation to
    end it, and every trial waits for the implementation to close. Waiting for replies between two segments
    includes waiting until the first was read; where it stands inside a frame, the implementation must also have
    come to rest, because what comes back by then came too early. It must have come to rest before the connection
    is ended too, or it would be chance whether that meets what it still had to say; and behind each segment of a
    malformed frame, or it would be chance how much of it was sent before it was refused.
    """
    return tuple(_commands(schedule, oracle, settle_every_boundary=settle_every_boundary))


def _commands(schedule: Schedule, oracle: Oracle, *, settle_every_boundary: bool) -> Iterator[Command]:
    wire = oracle.conversation.stream.wire
    sent = 0
    boundary = 0
    last_send = max((at for at, action in enumerate(schedule.actions) if isinstance(action, Send)), default=-1)
    ends_in_close = isinstance(schedule.actions[-1], Close)
    ends_in_half_close = isinstance(schedule.actions[-1], HalfClose)
    for at, action in enumerate(schedule.actions):
        more_follows = at < last_send
        match action:
            case Send(start, end):
                yield SendSegment(wire[start:end], end)
                sent = end
            case Read() if sent > boundary:
                must_settle = settle_every_boundary or oracle.expect(sent).refusal is not None
                settle = must_settle if more_follows else ends_in_half_close
                yield AwaitRead(sent, settle, more_follows)
                boundary = sent
            case AwaitReply():
                due = oracle.expect(sent)
                must_settle = settle_every_boundary or due.is_inside_frame
                settle = must_settle if more_follows else ends_in_close
                if more_follows and sent > boundary:
                    yield AwaitRead(sent, settle=False, is_boundary=True)
                    boundary = sent
                yield AwaitReplies(sent, due, settle)
            case HalfClose():
                yield EndSending()
            case Close():
                yield CloseConnection()
    is_ended = isinstance(schedule.actions[-1], HalfClose | Close)
    if not is_ended and not oracle.ends_connection(sent):
        yield EndSending()
        ends_in_half_close = True
    yield AwaitEnd(oracle.expect(sent, half_closed=ends_in_half_close))
