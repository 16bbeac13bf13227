"""One direction of a connection: read -> course -> write. Carries out steps, decides nothing.

Reading stops while too much waits to be written, so that a slow reader slows its sender down, as without a proxy.
Everything happens in callbacks of the loop: a connection costs two of these objects and no task, and the octets of
a plain course go through one buffer that all relays share.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from math import inf
from typing import Protocol

from shortread.proxy.boundary import Reader
from shortread.proxy.course import Course
from shortread.proxy.fault import Direction, Fault
from shortread.proxy.outlet import Outlet
from shortread.proxy.steps import (
    AwaitAnswer,
    AwaitRead,
    CloseBoth,
    EndSending,
    Note,
    Pass,
    Pause,
    ResetBoth,
    Step,
)

BUFFER_BYTES = 256 * 1024
BACKLOG_LIMIT_BYTES = 256 * 1024
"""When so much waits, nothing more is read; what one read brings can be on top of it."""
BACKLOG_LIMIT_STEPS = 4096
_CAREFUL_READ_BYTES = 8192
"""Every octet may become a step or a message: so many at once neither fill the memory nor keep others waiting."""
_STEPS_AT_ONCE = 64


class Owner(Protocol):
    """The connection that a relay belongs to."""

    @property
    def buffer(self) -> memoryview:
        """What every relay of the same loop reads into."""
        ...

    @property
    def is_captured(self) -> bool:
        """Whether it wants to see what is received and passed."""
        ...

    def source_has_ended(self, relay: Relay) -> None:
        """Whoever sends here has half-closed."""

    def source_was_reset(self, relay: Relay) -> None:
        """Reading failed: whoever sends here has reset its connection."""

    def destination_was_lost(self, relay: Relay) -> None:
        """Writing failed: whoever should read has closed or reset its connection."""

    def direction_has_ended(self, relay: Relay) -> None:
        """The end has been passed on."""

    def has_passed(self, relay: Relay, octets: memoryview) -> None:
        """Octets were given to the other side."""

    def has_received(self, relay: Relay, octets: memoryview) -> None:
        """Octets were read."""

    def watch_source(self, relay: Relay, *, wanted: bool) -> None:
        """Nobody reads from the source for now, and its reset would go unnoticed; or somebody does again."""

    def note(self, relay: Relay, action: str, **facts: object) -> None:
        """Something for the log has happened."""

    def close_both(self, relay: Relay) -> None:
        """A fault wants both connections closed."""

    def reset_both(self, relay: Relay) -> None:
        """A fault wants both connections reset."""


class Relay:
    """Moves octets from `source` to a reader; both sockets are non-blocking."""

    def __init__(
        self,
        *,
        direction: Direction,
        source: socket.socket,
        reader: Reader,
        course: Course,
        owner: Owner,
    ) -> None:
        self.direction = direction
        self.course = course
        self.has_source_ended = False
        self.has_ended = False
        self.is_broken = False
        """Nothing can be written any more; the end of the connection is about to show on the other relay."""
        self.is_reading = False
        self.awaits_answer = False
        self.opposite: Relay
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._reader = reader
        self._outlet = Outlet(
            reader.connection, on_sent=self._has_sent, on_room=self._advance, on_lost=self._lose_destination
        )
        self._owner = owner
        self._buffer = owner.buffer
        self._is_captured = owner.is_captured
        self._steps: deque[Step] = deque()
        self._backlog_bytes = 0
        self._heard_bytes = 0
        """How much had come the other way when something was last sent."""
        self._step_began_seconds: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._is_stopped = False

    @property
    def sent_bytes(self) -> int:
        """How many octets were given to the other side."""
        return self._outlet.sent_bytes

    def start(self) -> None:
        """Begin to read."""
        self._update_reading()

    def stop(self) -> None:
        """Do nothing any more; what waits is dropped."""
        self._is_stopped = True
        self._drop()
        for timer in (self._timer, self._expiry):
            if timer is not None:
                timer.cancel()
        self._update_reading()

    def set_faults(self, faults: tuple[Fault, ...]) -> None:
        """Let other faults be at work from here on. What one that is gone has ended stays so, but not for ever."""
        if self.course.ending not in (None, *faults) and not self.has_ended:
            self._owner.close_both(self)
            return
        self._do(self.course.replace(faults, self._loop.time()))

    def hear_answer(self) -> None:
        """Something has come the other way."""
        self.awaits_answer = False
        if isinstance(self._steps[0], AwaitAnswer):
            self._step_is_done()
            self._advance()

    def hear_reset(self) -> None:
        """The source was reset while nobody reads from it. What still waits to be read comes before that."""
        if self.has_source_ended or self.course.has_stopped:
            self._owner.source_was_reset(self)

    def _on_readable(self) -> None:
        course = self.course
        try:
            count = self._source.recv_into(self._buffer, 0 if course.is_plain else _CAREFUL_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._owner.source_was_reset(self)
            return
        if not count:
            self._source_has_ended()
            return
        octets = self._buffer[:count]
        if self._is_captured:
            self._owner.has_received(self, octets)
        if course.is_plain and not self._steps:
            course.received_bytes += count
            course.passed_bytes += count
            self._outlet.send(octets)
            if self._outlet.is_full:
                self._update_reading()
        else:
            self._do(course.take(bytes(octets), self._loop.time()))

    def _source_has_ended(self) -> None:
        self.has_source_ended = True
        self._owner.source_has_ended(self)
        self._update_reading()
        if self.opposite.is_broken:
            # The kernel tells of a reset once, and the opposite relay heard it.
            self._owner.source_was_reset(self)
        elif not self.is_broken:
            self._do(self.course.end(self._loop.time()))

    def _do(self, steps: list[Step]) -> None:
        self._steps.extend(steps)
        self._backlog_bytes += sum(len(step.octets) for step in steps if isinstance(step, Pass))
        self._plan_expiry()
        self._advance()

    def _advance(self) -> None:
        """Carry out steps until one has to wait, or it is the turn of other connections."""
        for _ in range(_STEPS_AT_ONCE):
            if not self._steps or self._outlet.is_full or not self._carry_out(self._steps[0]):
                break
        else:
            self._call_later(0.0)
        if not self._is_stopped:
            self._update_reading()

    def _carry_out(self, step: Step) -> bool:
        """Whether it is done; if not, something has been set up that will call `_advance` again."""
        match step:
            case Pass():
                return self._pass(step.due_seconds)
            case AwaitRead():
                return self._await_read(step)
            case Pause():
                return self._wait(step.pause_seconds)
            case AwaitAnswer():
                return self._await_answer(step.limit_seconds)
            case EndSending():
                return self._end_sending(step.due_seconds)
            case CloseBoth():
                self._owner.close_both(self)
            case ResetBoth():
                self._owner.reset_both(self)
            case Note():
                self._step_is_done()
                self._write_note(step)
        return True

    def _pass(self, due_seconds: float) -> bool:
        """Write what is due in one go."""
        if not self._is_due(due_seconds):
            return False
        now_seconds = self._loop.time()
        pieces = []
        while self._steps and isinstance(piece := self._steps[0], Pass) and piece.due_seconds <= now_seconds:
            pieces.append(piece.octets)
            self._step_is_done()
        octets = b"".join(pieces)
        self._backlog_bytes -= len(octets)
        self._outlet.send(memoryview(octets))
        return True

    def _is_due(self, due_seconds: float) -> bool:
        missing_seconds = due_seconds - self._loop.time()
        if missing_seconds <= 0:
            return True
        self._call_later(missing_seconds)
        return False

    def _wait(self, wait_seconds: float) -> bool:
        """Whether so much time has passed since this step began."""
        waited_seconds = self._waited_seconds()
        if waited_seconds >= wait_seconds:
            self._step_is_done()
            return True
        if wait_seconds != inf:
            self._call_later(wait_seconds - waited_seconds)
        return False

    def _await_read(self, step: AwaitRead) -> bool:
        waited_seconds = self._waited_seconds()
        proof, again_seconds = self._reader.has_read(self.sent_bytes, waited_seconds)
        if proof is None:
            self._call_later(again_seconds)
            return False
        self._step_is_done()
        self._owner.note(self, "boundary", offset=step.offset, proof=proof.value)
        return True

    def _await_answer(self, limit_seconds: float) -> bool:
        """The answer may have come while we still waited for the reader to read."""
        if self.opposite.sent_bytes > self._heard_bytes:
            self._step_is_done()
            return True
        self.awaits_answer = not self._wait(limit_seconds)
        return not self.awaits_answer

    def _waited_seconds(self) -> float:
        now_seconds = self._loop.time()
        if self._step_began_seconds is None:
            self._step_began_seconds = now_seconds
        return now_seconds - self._step_began_seconds

    def _end_sending(self, due_seconds: float) -> bool:
        if not self._is_due(due_seconds):
            return False
        self._step_is_done()
        self._outlet.end()
        self.has_ended = True
        self._owner.direction_has_ended(self)
        return True

    def _write_note(self, note: Note) -> None:
        facts: dict[str, object] = {"offset": note.offset}
        if note.message is not None:
            facts["message"] = note.message
        if note.fault:
            facts["fault"] = note.fault
        if note.detail:
            facts["detail"] = note.detail
        self._owner.note(self, note.action, **facts)

    def _step_is_done(self) -> None:
        self._steps.popleft()
        self._step_began_seconds = None

    def _call_later(self, wait_seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(wait_seconds, self._advance)

    def _plan_expiry(self) -> None:
        deadline_seconds = self.course.deadline_seconds
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if deadline_seconds is not None:
            self._expiry = self._loop.call_at(deadline_seconds, self._expire)

    def _expire(self) -> None:
        self._expiry = None
        self._do(self.course.expire(self._loop.time()))

    def _has_sent(self, octets: memoryview) -> None:
        self._heard_bytes = self.opposite.sent_bytes
        if self._is_captured:
            self._owner.has_passed(self, octets)
        if self.opposite.awaits_answer:
            self.opposite.hear_answer()

    def _lose_destination(self) -> None:
        self.is_broken = True
        self._drop()
        self._update_reading()
        self._owner.destination_was_lost(self)

    def _drop(self) -> None:
        """Nothing of what waits will be written."""
        self._outlet.close()
        self._steps.clear()
        self._backlog_bytes = 0
        self.awaits_answer = False

    def _update_reading(self) -> None:
        wanted = not (
            self._is_stopped
            or self.has_source_ended
            or self.is_broken
            or self._outlet.is_full
            or self._backlog_bytes >= BACKLOG_LIMIT_BYTES
            or len(self._steps) >= BACKLOG_LIMIT_STEPS
            or self.course.has_stopped
        )
        if wanted and not self.is_reading:
            self._loop.add_reader(self._source, self._on_readable)
        elif not wanted and self.is_reading:
            self._loop.remove_reader(self._source)
        if wanted != self.is_reading or self._is_stopped:
            self._owner.watch_source(self, wanted=not wanted and not self._is_stopped)
        self.is_reading = wanted
        if not wanted and self.opposite.is_broken and not self._is_stopped:
            # Nobody would notice any more that its source is gone.
            self._owner.source_was_reset(self)
