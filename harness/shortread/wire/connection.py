"""One connection of a trial: carries out its commands and writes down what happened."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shortread.evidence import Boundary, Ending, Evidence, Proof, Wait, WaitOutcome
from shortread.judge.expectation import Expectation
from shortread.performer import (
    AwaitEnd,
    AwaitRead,
    AwaitReplies,
    CloseConnection,
    Command,
    DoNothing,
    EndSending,
    SendPieces,
    SendSegment,
    SetReading,
)
from shortread.wire.gate import Drain, Gate
from shortread.wire.patience import SETTLE_LIMIT_SECONDS, TICK_SECONDS, Patience, State, Vigil, settle
from shortread.wire.transcript import Transcript
from shortread.wire.watch import Watch

DYING_LIMIT_SECONDS = 0.5
"""How long whoever is about to end may take for it."""
_RECEIVE_BYTES = 1 << 16
_RECEIVED_LIMIT_BYTES = 1 << 24
"""More than any conversation asks for; an implementation that sends more is flooding."""
_GONE = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN})
_OUTCOMES: Mapping[State, WaitOutcome] = {
    State.QUIET: WaitOutcome.QUIET,
    State.SPINNING: WaitOutcome.TIMED_OUT,
    State.EXPIRED: WaitOutcome.TIMED_OUT,
    State.DEAD: WaitOutcome.ENDED,
}
_ENDINGS: Mapping[State, Ending] = {
    State.QUIET: Ending.WAITING,
    State.SPINNING: Ending.SPINNING,
    State.EXPIRED: Ending.TIMED_OUT,
    State.DEAD: Ending.CLOSED_EARLY,
}
_NEVER_ENDED = frozenset({Ending.WAITING, Ending.SPINNING, Ending.TIMED_OUT})


@dataclass(slots=True)
class _Record:
    """What has happened so far in one trial."""

    sent_bytes: int = 0
    boundaries: list[Boundary] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    ending: Ending | None = None
    has_ended_sending: bool = False
    has_heard_end: bool = False
    has_half_closed: bool = False
    has_reset: bool = False

    def add_boundary(self, offset: int, proof: Proof, every_bytes: int) -> None:
        """Note a boundary; one that continues a run of equal ones becomes a part of it."""
        last = self.boundaries[-1] if self.boundaries else None
        if last and every_bytes and (last.proof, last.every_bytes) == (proof, every_bytes) and self._is_next(offset):
            self.boundaries[-1] = replace(last, count=last.count + 1)
        else:
            self.boundaries.append(Boundary(offset=offset, proof=proof, every_bytes=every_bytes))

    def _is_next(self, offset: int) -> bool:
        last = self.boundaries[-1]
        return last.offset + last.count * last.every_bytes == offset


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tells of the implementation besides its connection."""

    watch: Watch
    transcript: Transcript | None


class Connection:
    """An open connection with the gate that tells what was read of it, and the commands that it is there for."""

    def __init__(
        self, opened: tuple[socket.socket, Gate], around: Surroundings, patience: Patience, commands: Sequence[Command]
    ) -> None:
        connection, gate = opened
        transcript = around.transcript
        self._connection = connection
        self._receive = connection.recv
        self._watch = around.watch
        self._patience = patience
        self._gate = gate
        self._record = _Record()
        self._is_reading = True
        self._commands = commands
        self._has_merged = False
        self._transcript = transcript
        self._printed_before = transcript.position() if transcript is not None else 0

    def close(self) -> None:
        """Close the connection, whatever became of it."""
        self._connection.close()

    @property
    def is_stuck(self) -> bool:
        """Whether the implementation never ended the connection."""
        return self._record.ending in _NEVER_ENDED

    def carry_out(self, command: Command) -> None:  # noqa: C901 - one line for each kind of command
        """Carry out a command, unless the implementation has ended the connection."""
        if self._record.ending is not None:
            return
        match command:
            case SendSegment():
                self._send(command)
            case SendPieces():
                self._send_pieces(command)
            case AwaitRead():
                self._await_read(command)
            case AwaitReplies():
                self._await_replies(command)
            case DoNothing():
                time.sleep(command.seconds)
                self._receive_what_is_there()
            case SetReading():
                self._is_reading = command.is_reading
            case EndSending():
                self._end_sending()
            case CloseConnection():
                self._close(abort=command.abort)
            case AwaitEnd():
                self._is_reading = self._is_reading or self._connection.fileno() >= 0
                self._await_end()
                if self._transcript is not None:
                    self._await_transcript(command.due)

    def evidence(self) -> Evidence:
        """Everything that the trial showed."""
        record = self._record
        return Evidence(
            sent_bytes=record.sent_bytes,
            boundaries=tuple(record.boundaries),
            waits=tuple(record.waits),
            received=bytes(self._heard()),
            ending=record.ending or Ending.TIMED_OUT,
            given_up=record.ending is None,
            half_closed=record.has_half_closed,
            left_unread=not self._is_reading and self._transcript is None,
            death=self._watch.death(),
            unread_bytes=self._unread_bytes() if record.ending is Ending.WAITING else None,
        )

    def _unread_bytes(self) -> int | None:
        """What whoever waits had not read; the end of our stream is no octet of it."""
        unread = self._gate.unread_bytes()
        return unread and unread - self._record.has_half_closed

    def _heard(self) -> bytes | bytearray:
        """What tells what the implementation understood."""
        if self._transcript is None:
            return self._record.received
        return self._transcript.since(self._printed_before)

    def _send(self, command: SendSegment) -> None:
        rest = memoryview(command.octets)
        vigil: Vigil | None = None
        if command.with_end:
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        while rest:
            try:
                rest = rest[self._connection.send(rest, socket.MSG_DONTWAIT) :]
                if vigil is not None:
                    vigil.stir()
            except BlockingIOError:
                # Its buffers are full, perhaps because it waits for us to read its replies.
                vigil = vigil or Vigil(self._watch, self._patience)
                if not self._make_room(vigil):
                    return
            except OSError as error:
                self._await_end_after(error)
                return
            self._record.sent_bytes = command.end - len(rest)
        if command.with_end:
            self._end_sending()

    def _send_pieces(self, command: SendPieces) -> None:
        """One piece after the other, each read before the next is sent, in memory that does not grow with them."""
        octets = memoryview(command.octets)
        size, piece_bytes = len(octets), command.piece_bytes
        start = command.end - size
        for at in range(piece_bytes, size, piece_bytes):
            self._send(SendSegment(octets[at - piece_bytes : at], start + at))
            if self._record.ending is None:
                self._await_read(AwaitRead(start + at, command.settle, is_boundary=True), every_bytes=piece_bytes)
            if self._record.ending is not None:
                return
        rest = size % piece_bytes or piece_bytes
        self._send(SendSegment(octets[size - rest :], command.end, command.with_end))

    def _make_room(self, vigil: Vigil) -> bool:
        """Read replies until more can be sent; False when that will not happen any more.

        While reading is stopped, wait until the implementation waits for it, and resume.
        """
        poll = select.poll()
        poll.register(self._connection, (select.POLLIN if self._is_reading else 0) | select.POLLOUT)
        while True:
            if self._record.has_heard_end:
                # That there is nothing more to read would be told again and again.
                poll.modify(self._connection, select.POLLOUT)
            ready = poll.poll(TICK_SECONDS * 1000)
            if ready and ready[0][1] & select.POLLIN:
                with contextlib.suppress(BlockingIOError):
                    if not self._receive_once(socket.MSG_DONTWAIT):
                        return False
                self._stir(vigil)
            elif ready:
                return True
            else:
                state = vigil.look()
                if state is State.UNDECIDED:
                    continue
                if self._is_reading:
                    self._record.ending = _ENDINGS[state]
                    return False
                self._is_reading = True
                vigil.stir()
                poll.modify(self._connection, select.POLLIN | select.POLLOUT)

    def _await_read(self, command: AwaitRead, *, every_bytes: int = 0) -> None:
        proof = Proof.READ
        vigil: Vigil | None = None
        while (drain := self._gate.await_read(command.sent_bytes, timeout_seconds=TICK_SECONDS)) is not Drain.READ:
            if drain is Drain.ASSUMED:
                self._receive_what_is_there()
                proof = Proof.ASSUMED
                break
            if drain is Drain.GONE:
                self._await_end()
                return
            vigil = vigil or Vigil(self._watch, self._patience)
            if self._receive_what_is_there():
                # It may have stopped reading because we did.
                self._stir(vigil)
            if self._record.ending is not None:
                return
            if self._has_merged or self._will_not_be_read(vigil, command.sent_bytes):
                self._has_merged = True
                proof = Proof.MERGED
                break
        if proof is Proof.READ and (command.settle or self._record.has_heard_end):
            if settle(self._watch, limit_seconds=SETTLE_LIMIT_SECONDS):
                proof = Proof.SETTLED
            # It may have read that much and closed; that is early, whatever we do next.
            self._receive_what_is_there()
        if command.is_boundary and self._record.ending is None:
            self._record.add_boundary(command.sent_bytes, proof, every_bytes)

    def _will_not_be_read(self, vigil: Vigil, sent_bytes: int) -> bool:
        """Whether the implementation rests, or is over, with our octets before it."""
        state = vigil.look()
        if state is State.QUIET and not vigil.is_over and not self._gate.has_arrived(sent_bytes):
            # On a loaded machine they may still be on their way.
            return False
        return state is not State.UNDECIDED

    def _await_replies(self, command: AwaitReplies) -> None:
        record = self._record
        self._is_reading = True
        outcome = WaitOutcome.ANSWERED
        if not command.due.is_met_by(self._heard()):
            outcome = self._receive_until(command.due)
        is_settled = outcome is WaitOutcome.QUIET
        if command.settle and outcome is WaitOutcome.ANSWERED:
            is_settled = settle(self._watch, limit_seconds=SETTLE_LIMIT_SECONDS)
            self._receive_what_is_there()
        if is_settled and record.boundaries and record.boundaries[-1].offset == command.sent_bytes:
            last = record.boundaries[-1]
            if last.proof is Proof.READ:
                record.boundaries[-1] = Boundary(offset=last.offset, proof=Proof.SETTLED)
        record.waits.append(
            Wait(
                sent_bytes=command.sent_bytes,
                received_bytes=len(self._heard()),
                outcome=outcome,
                is_settled=is_settled,
            )
        )

    def _receive_until(self, due: Expectation) -> WaitOutcome:
        vigil: Vigil | None = None
        while not due.is_met_by(self._heard()):
            try:
                if not self._receive_or_hear():
                    return WaitOutcome.ENDED
            except BlockingIOError:
                vigil = vigil or Vigil(self._watch, self._patience)
                state = self._look(vigil)
                if state is not State.UNDECIDED:
                    self._patience = self._patience.spent
                    return _OUTCOMES[state]
            else:
                self._stir(vigil)
        return WaitOutcome.ANSWERED

    def _receive_or_hear(self) -> bool:
        """Read once, where replies come back; else wait for what is printed. As `_receive_once` otherwise."""
        if self._transcript is None:
            return self._receive_once()
        heard_bytes = len(self._heard())
        self._transcript.await_more(heard_bytes, timeout_seconds=TICK_SECONDS)
        has_heard = len(self._heard()) > heard_bytes
        return has_heard or self._receive_once(socket.MSG_DONTWAIT)

    def _receive_what_is_there(self) -> bool:
        """Read all that has come; whether that was anything."""
        if not self._is_reading:
            return False
        before = len(self._record.received)
        with contextlib.suppress(BlockingIOError):
            while self._receive_once(socket.MSG_DONTWAIT):
                pass
        return len(self._record.received) > before

    def _receive_once(self, flags: int = 0) -> bool:
        """Read once; False when the connection has ended. Raises BlockingIOError when nothing came in a tick.

        Whoever has ended its stream and still reads ours has not ended the connection; nothing comes any more.
        """
        record = self._record
        if record.has_heard_end:
            self._look_for_end(timeout_seconds=0 if flags & socket.MSG_DONTWAIT else TICK_SECONDS)
            return False
        try:
            octets = self._receive(_RECEIVE_BYTES, flags)
        except BlockingIOError:
            raise
        except OSError as error:
            if error.errno not in _GONE:
                raise
            record.ending = Ending.RESET if record.has_ended_sending else Ending.RESET_EARLY
            return False
        if not octets:
            if not record.has_ended_sending and self._gate.is_half_closed():
                record.has_heard_end = True
                raise BlockingIOError
            record.ending = Ending.CLOSED if record.has_ended_sending else Ending.CLOSED_EARLY
            return False
        record.received += octets
        if len(record.received) > _RECEIVED_LIMIT_BYTES:
            record.ending = Ending.FLOODING
            return False
        # The kernel goes back to delayed acknowledgements by itself, and the implementation's second write of a
        # reply would wait for one.
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return True

    def _look_for_end(self, *, timeout_seconds: float) -> None:
        """Whether a connection of which only our side is open has ended. Raises BlockingIOError where it has not."""
        record = self._record
        if self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            record.ending = Ending.RESET if record.has_ended_sending else Ending.RESET_EARLY
        elif not self._gate.await_end(timeout_seconds=timeout_seconds):
            raise BlockingIOError
        else:
            # When both sides have ended, the kernel does not tell any more who still has it open.
            record.ending = self._ending_after_reset() if record.has_ended_sending else Ending.CLOSED_EARLY

    def _stir(self, vigil: Vigil | None) -> None:
        """Start over with waiting; octets that nobody asked for do not count, or they could go on for ever."""
        if vigil is not None and len(self._record.received) <= self._asked_bytes():
            vigil.stir()

    def _asked_bytes(self) -> int:
        """How many octets the whole trial asks for."""
        due = [command.due.most_bytes for command in self._commands if isinstance(command, AwaitEnd)]
        return sum(_RECEIVED_LIMIT_BYTES if most_bytes is None else most_bytes for most_bytes in due)

    def _look(self, vigil: Vigil) -> State:
        state = vigil.look()
        if state is State.DEAD and self._connection.fileno() >= 0 and self._receive_what_is_there():
            # Its last octets came between our last read and its death.
            return State.UNDECIDED
        if state is State.QUIET and ((not vigil.is_over and self._is_in_flight()) or self._has_come()):
            return State.UNDECIDED
        return state

    def _has_come(self) -> bool:
        """Whether something has come since our last read: it is on its way no more, and nobody has seen it yet."""
        return self._connection.fileno() >= 0 and self._receive_what_is_there()

    def _is_in_flight(self) -> bool:
        """Whether something is on its way though nobody is doing anything: our octets, or a reply that is delayed."""
        sent_bytes = self._record.sent_bytes + self._record.has_half_closed
        return not self._gate.has_arrived(sent_bytes) or self._gate.unsent_bytes() > 0

    def _end_sending(self) -> None:
        try:
            self._connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._await_end_after(error)
        else:
            self._record.has_ended_sending = self._record.has_half_closed = True

    def _close(self, *, abort: bool) -> None:
        if abort:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("@ii", 1, 0))
        else:
            self._receive_what_is_there()
        if self._record.ending is None:
            self._connection.close()
            self._record.has_ended_sending = True
            self._record.has_reset = abort

    def _await_end(self) -> None:
        vigil: Vigil | None = None
        while self._record.ending is None:
            try:
                if self._connection.fileno() >= 0:
                    if self._receive_once():
                        self._stir(vigil)
                    continue
                if self._record.has_reset:
                    self._record.ending = self._ending_after_reset()
                elif self._gate.await_end(timeout_seconds=TICK_SECONDS):
                    # With replies unread, the kernel has made a reset of our end.
                    self._record.ending = Ending.CLOSED if self._is_reading else self._ending_after_reset()
                else:
                    raise BlockingIOError
            except BlockingIOError:
                vigil = vigil or Vigil(self._watch, self._patience)
                state = self._look(vigil)
                if state is not State.UNDECIDED and self._record.ending is None:
                    self._record.ending = self._ending_of(state)

    def _ending_of(self, state: State) -> Ending:
        """Whoever exits when the stream has ended has not left before."""
        return Ending.CLOSED if state is State.DEAD and self._record.has_ended_sending else _ENDINGS[state]

    def _await_transcript(self, due: Expectation) -> None:
        """It may still print when the connection is over."""
        assert self._transcript is not None
        vigil = Vigil(self._watch, self._patience)
        while not due.is_met_by(heard := self._heard()) and vigil.look() is State.UNDECIDED:
            self._transcript.await_more(len(heard), timeout_seconds=TICK_SECONDS)
        settle(self._watch, limit_seconds=SETTLE_LIMIT_SECONDS)

    def _ending_after_reset(self) -> Ending:
        """The kernel forgets a connection that was reset at once, so that only a rest shows that it was noticed.

        Until the reset has arrived, whoever is at rest has not noticed anything yet.
        """
        self._gate.await_end(timeout_seconds=DYING_LIMIT_SECONDS)
        if settle(self._watch, limit_seconds=SETTLE_LIMIT_SECONDS) or self._watch.read() is None:
            return Ending.CLOSED
        vigil = Vigil(self._watch, self._patience)
        while (state := vigil.look()) is State.UNDECIDED:
            time.sleep(TICK_SECONDS)
        return Ending.SPINNING if state is State.SPINNING else Ending.CLOSED

    def _await_end_after(self, error: OSError) -> None:
        """Nothing can be sent any more: reading tells how the connection ended, and what had come by then."""
        if error.errno not in _GONE:
            raise error
        self._await_end()
        if error.errno == errno.ECONNRESET and self._record.ending is Ending.CLOSED_EARLY:
            # The kernel tells of a reset once, and of an end to whoever asks after that.
            self._record.ending = Ending.RESET_EARLY
