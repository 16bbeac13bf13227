"""The receive loop of a program: the correct one, with the axes, and with handles for what can be done wrongly."""

from __future__ import annotations

from shortread.catalogue.axes import Axes, Reaction, Reading
from shortread.catalogue.field import Field, constant_of
from shortread.codec.framing import PhaseMachine
from shortread.codec.receive import FramingError, Receiver
from shortread.codec.requests import Code, Exactly, Peek, Request, Rest, Until, Violation
from shortread.stream import Frame, Span
from shortread.value import Value

_MOST_EMPTY_ANSWERS = 64
"""A field of unknown size that always gets nothing would go on for ever."""


class Loop(Receiver):
    """Conforms as it is. A mistake overrides one of `fill`, `keep`, `take`, `decode`, `at_end` and `finish`.

    `field` is the field that is being read. `reads` counts the reads since the last field was complete,
    `frames_of_read` the frames that the last read completed. `has_tripped` says that it was the mistake that ended it.
    """

    def __init__(self, machine: PhaseMachine, field: Field, axes: Axes) -> None:
        super().__init__(machine)
        self.machine = machine
        self.field = field
        self.axes = axes
        self.reads = 0
        self.frames_of_read = 0
        self.has_tripped = False
        self._has_finished_nothing = False
        self._read_ends: list[int] = []
        self._empty_answers = 0
        self._phase_before_read = machine.phase

    @property
    def available_bytes(self) -> int:
        """How many octets have come that no field has taken."""
        return len(self._buffer) - self._position

    @property
    def has_changed_phase(self) -> bool:
        """Whether a frame of the last read led to another phase."""
        return self.machine.phase != self._phase_before_read

    @property
    def has_ended(self) -> bool:
        """Whether the stream has."""
        return self._has_ended

    def fill(self) -> int:
        """As much as the field lacks, or as the buffer holds."""
        if self.axes.reading is Reading.BUFFER:
            return self.axes.read_bytes
        match self._next_request():
            case Exactly(count):
                return max(1, count - self.available_bytes)
            case Rest():
                return self.axes.read_bytes
            case _:
                return 1

    def keep(self, octets: bytes) -> None:
        """Put what was read behind what is still unused, and remember where the read ended."""
        self.reads += 1
        self.frames_of_read = 0
        self._has_finished_nothing = False
        self._phase_before_read = self.machine.phase
        super().keep(octets)
        self._read_ends.append(self._consumed_before_buffer + len(self._buffer))

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        """Serve a request from the buffer; the next one begins without a read of its own."""
        octets = super().take(request)
        if octets is not None:
            self.reads = 0
        return octets

    def finish(self, frame: Frame) -> Frame:
        """A frame is complete; gives what is delivered."""
        return frame

    def short(self, request: Exactly | Until | Rest) -> bytes:
        """Answer a request with the octets that are there. Raises FramingError where the program trips instead."""
        if self.axes.reaction in (Reaction.CLOSES, Reaction.DIES):
            self.trip()
        octets = self.everything()
        self._empty_answers = 0 if octets else self._empty_answers + 1
        if self._empty_answers > _MOST_EMPTY_ANSWERS:
            self.trip()
        if not isinstance(request, Exactly):
            return octets
        constant = constant_of(self.field.part)
        if constant is not None:
            # Whoever does not notice that something is missing does not look for what always stands there either.
            return constant[: request.count]
        return octets.ljust(request.count, b"\0") if self.axes.reaction is Reaction.RUBBISH else octets

    def trip(self) -> None:
        """Find something that was not expected, which ends the connection, or the program. Raises FramingError."""
        self.has_tripped = True
        raise FramingError(Violation(Code.EOF_INSIDE, self._position - self._frame_start))

    def everything(self) -> bytes:
        """Take all octets that are there."""
        octets = bytes(self._buffer[self._position :])
        self._position = self._searched = len(self._buffer)
        self.reads = 0
        return octets

    def drop_unused(self) -> None:
        """Throw away what has come and no field has taken."""
        del self._buffer[self._position :]
        self._forget_read_ends()

    def start_over(self) -> None:
        """Throw away everything behind the last complete frame, and what is known of the frame that has begun."""
        self._position = self._searched = self._frame_start
        self.drop_unused()
        self._parser = self._request = None

    def pieces(self, octets: bytes) -> list[bytes]:
        """The field that was taken last, cut where reads ended inside of it."""
        end = self._consumed_before_buffer + self._position
        start = end - len(octets)
        cuts = [at - start for at in self._read_ends if start < at < end]
        return [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)], strict=True)]

    def _next_request(self) -> Request | None:
        """What will be asked for; a program that reads exact amounts knows it before anything has come."""
        if (
            self._request is None
            and self.violation is None
            and not self.machine.idle
            and self._frame_start == len(self._buffer)
        ):
            self.field.begin_frame()
            try:
                self._parser = self.machine.parse_frame()
                self._request = next(self._parser)
            except FramingError:
                self._parser = self._request = None
        return self._request if not isinstance(self._request, Peek) else None

    def _is_frame_to_come(self) -> bool:
        """A frame of no octets at all could come for ever; it comes once for each read."""
        return not (self._has_finished_nothing and not self._has_ended) and super()._is_frame_to_come()

    def _serve(self) -> bool:
        try:
            return super()._serve()
        except (AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            # A parser relies on being given what it asked for.
            raise FramingError(Violation(Code.EOF_INSIDE, self._position - self._frame_start, str(error))) from error

    def _finish_frame(self, message: Value, spans: tuple[Span, ...]) -> Frame:
        frame = self.finish(super()._finish_frame(message, spans))
        self.frames_of_read += 1
        self.reads = 0
        self._empty_answers = 0
        self._has_finished_nothing = not frame.wire
        self.field.begin_frame()
        ended = self._consumed_before_buffer + self._frame_start
        self._read_ends = [at for at in self._read_ends if at > ended]
        return frame

    def _forget_read_ends(self) -> None:
        end = self._consumed_before_buffer + len(self._buffer)
        self._read_ends = [at for at in self._read_ends if at < end]
