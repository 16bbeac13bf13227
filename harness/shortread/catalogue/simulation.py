"""A connection that is only imagined: what a program would show for a schedule, whose segments it reads apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shortread.catalogue.answers import Script
from shortread.catalogue.program import Program
from shortread.catalogue.session import State
from shortread.schedule import Action, AwaitReply, Close, Ending, HalfClose, Pause, Reset, Schedule, Send

_AWAITED_SECONDS = 0.05
"""How long it takes at least until it is seen that no reply comes from somebody who waits for a limited time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWait:
    """One `await-reply`: how much of the stream had been sent, and how much had come back by then."""

    sent_bytes: int
    received_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What would have been seen on one connection, as in Evidence.

    `left_at` is the offset of the stream behind the segment at which the program left the connection by itself;
    None where it was there until we ended ours. `has_unread` says that octets were left in its queue, which makes
    a reset of its end. `state` is what it did when everything was over.
    """

    waits: tuple[ShownWait, ...]
    received: bytes
    left_at: int | None
    has_unread: bool
    state: State


def simulate(  # noqa: PLR0913 - a delivery has that many sides, and half of them are named
    program: Program,
    wire: bytes,
    schedule: Schedule,
    *,
    connection: int | None = None,
    half_closes: bool = True,
    script: Script | None = None,
) -> Shown:
    """Carry out the actions of one connection of the schedule, the first where no other is named.

    With a `script` the program is a client that says so much of its own accord.

    A connection that the schedule does not end is half-closed where `half_closes`. Silence that is longer than
    a program waits for is noticed by those that wait for a limited time.
    """
    chosen = schedule.connections[0] if connection is None else connection
    actions = [action for at, action in schedule.placed() if at == chosen]
    return _Imagined(program, wire, script).show(actions, half_closes=half_closes)


class _Imagined:
    """The kernel between the harness and a session: what was sent waits until it is read."""

    def __init__(self, program: Program, wire: bytes, script: Script | None) -> None:
        self._session = program.open(script)
        self._is_written_down = program.codec.spec.reply == "transcript"
        self._wire = wire
        self._queue = b""
        self._sent_bytes = 0
        self._received = bytearray(self._session.answers.before_all())
        self._waits: list[ShownWait] = []
        self._left_at: int | None = None
        self._is_heard = True
        self._has_spoken = False

    def show(self, actions: Sequence[Action], *, half_closes: bool) -> Shown:
        """Carry out the actions; nothing is heard after a close or a reset, unless it is written down elsewhere."""
        for at, action in enumerate(actions):
            if self._left_at is not None:
                break
            match action:
                case Send():
                    is_last = at + 1 < len(actions) and isinstance(actions[at + 1], HalfClose)
                    self._send(action, with_end=is_last)
                case AwaitReply():
                    self._await_reply()
                case Pause(seconds) if seconds > (self._session.waits_seconds or seconds):
                    self._fall_silent()
                case HalfClose():
                    self._end()
                case Close():
                    self._is_heard = self._is_written_down
                    self._end()
                case Reset():
                    self._is_heard = self._is_written_down
                    self._reset()
        if half_closes and self._left_at is None and not isinstance(actions[-1], Ending):
            self._end()
        return Shown(
            waits=tuple(self._waits),
            received=bytes(self._received),
            left_at=self._left_at,
            has_unread=bool(self._queue),
            state=self._session.state,
        )

    def _await_reply(self) -> None:
        """Where nothing comes there is silence, if not for long."""
        if not self._has_spoken and (self._session.waits_seconds or _AWAITED_SECONDS) < _AWAITED_SECONDS:
            self._fall_silent()
        self._has_spoken = False
        self._waits.append(ShownWait(sent_bytes=self._sent_bytes, received_bytes=len(self._received)))

    def _fall_silent(self) -> None:
        self._hear(self._session.fall_silent())
        self._read()

    def _send(self, action: Send, *, with_end: bool) -> None:
        for segment in action.segments():
            if self._left_at is not None:
                return
            self._session.is_told_of_end = with_end and segment.end == action.end
            self._queue += self._wire[segment.start : segment.end]
            self._sent_bytes = segment.end
            self._read()

    def _read(self) -> None:
        while self._queue and self._session.state is State.READING:
            asked = self._session.fill()
            octets, self._queue = self._queue[:asked], self._queue[asked:]
            self._hear(self._session.read(octets))
        if self._session.state in (State.CLOSED, State.DEAD) and not self._session.is_told_of_end:
            self._left_at = self._sent_bytes

    def _end(self) -> None:
        if self._session.state is State.READING:
            self._session.is_told_of_end = True
            self._hear(self._session.end())

    def _reset(self) -> None:
        if self._session.state is State.READING:
            self._session.reset()

    def _hear(self, said: bytes) -> None:
        if self._is_heard:
            self._received += said
            self._has_spoken = self._has_spoken or bool(said)
