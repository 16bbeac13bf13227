"""A connection that is only imagined: what a program would show for a schedule, whose segments it reads apart."""

from __future__ import annotations

from dataclasses import dataclass

from shortread.catalogue.program import Program
from shortread.catalogue.session import State
from shortread.schedule import AwaitReply, Close, Ending, HalfClose, Pause, Reset, Schedule, Send

LONGEST_SILENCE_SECONDS = 0.25
"""How long programs that wait for a limited time wait for more octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWait:
    """One `await-reply`: how much of the stream had been sent, and how much had come back by then."""

    sent_bytes: int
    received_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What would have been seen: on the first connection, as in Evidence.

    `left_at` is the offset of the stream behind the segment at which the program left the connection by itself;
    None where it was there until we ended ours. `has_unread` says that octets were left in its queue, which makes
    a reset of its end. `state` is what it did when everything was over.
    """

    waits: tuple[ShownWait, ...]
    received: bytes
    left_at: int | None
    has_unread: bool
    state: State


def simulate(program: Program, wire: bytes, schedule: Schedule, *, half_closes: bool = True) -> Shown:
    """Carry out the actions of the schedule's first connection.

    A connection that the schedule does not end is half-closed where `half_closes`. Silence that is longer than
    `LONGEST_SILENCE_SECONDS` is noticed by programs that wait for a limited time.
    """
    return _Imagined(program, wire).show(schedule, half_closes=half_closes)


class _Imagined:
    """The kernel between the harness and a session: what was sent waits until it is read."""

    def __init__(self, program: Program, wire: bytes) -> None:
        self._session = program.open()
        self._is_written_down = program.codec.spec.reply == "transcript"
        self._wire = wire
        self._queue = b""
        self._sent_bytes = 0
        self._received = bytearray()
        self._waits: list[ShownWait] = []
        self._left_at: int | None = None
        self._is_heard = True

    def show(self, schedule: Schedule, *, half_closes: bool) -> Shown:
        """Carry out the schedule; nothing is heard after a close or a reset, unless it is written down elsewhere."""
        first = next(schedule.placed())[0]
        actions = [action for connection, action in schedule.placed() if connection == first]
        for at, action in enumerate(actions):
            if self._left_at is not None:
                break
            match action:
                case Send():
                    is_last = at + 1 < len(actions) and isinstance(actions[at + 1], HalfClose)
                    self._send(action, with_end=is_last)
                case AwaitReply():
                    self._waits.append(ShownWait(sent_bytes=self._sent_bytes, received_bytes=len(self._received)))
                case Pause(seconds) if seconds > LONGEST_SILENCE_SECONDS:
                    self._hear(self._session.fall_silent())
                    self._read()
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
