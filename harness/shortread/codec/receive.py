"""The correct receive loop: whatever the segments are, it gives the same messages.

It serves a parser's requests from a buffer that outlives each read. The hooks `fill`, `keep`, `take`, `decode` and
`at_end` are the places where receive loops go wrong.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from shortread.codec.requests import Answer, Code, Decode, Exactly, Peek, Request, Rest, Until, Violation
from shortread.stream import Frame, Span
from shortread.value import Value

_COMPACT_ABOVE_BYTES = 1 << 16
READ_BYTES = 1 << 16


class FramingError(Exception):
    """Ends a parser: the octets break the framing at `violation.offset`, counted from the start of the frame."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation)
        self.violation = violation


FrameParser = Generator[Request, Answer, tuple[Value, tuple[Span, ...]]]
"""Parses one frame: returns its message and its spans, or raises FramingError."""


class Framing(Protocol):
    """Says how each frame is to be parsed; it may change from frame to frame."""

    @property
    def idle(self) -> bytes:
        """The octets that may stand before the next frame and mean nothing."""
        ...

    @property
    def may_end(self) -> bool:
        """Whether the stream may end where a frame could begin."""
        ...

    @property
    def is_ended_by_stream(self) -> bool:
        """Whether the next frame is complete at the end of the stream even without any octet."""
        ...

    def parse_frame(self) -> FrameParser:
        """A parser for the next frame."""
        ...


class Receiver:
    """Turns octets, in whatever pieces they come, into frames.

    `violation` is what ended the stream's framing, with its offset in the stream; nothing is parsed after it.
    The cost is linear in the octets received, for pieces of any size.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._has_ended = False
        self._buffer = bytearray()
        self._frame_start = 0
        self._position = 0
        self._searched = 0
        self._consumed_before_buffer = 0
        self._parser: FrameParser | None = None
        self._request: Request | None = None
        self.violation: Violation | None = None

    @property
    def is_between_frames(self) -> bool:
        """Whether everything received so far belongs to complete frames."""
        return self.violation is None and len(self._buffer) == self._frame_start

    @property
    def complete_bytes(self) -> int:
        """How many octets belong to the complete frames."""
        return self._consumed_before_buffer + self._frame_start

    def feed(self, octets: bytes) -> list[Frame]:
        """Take octets as one read gave them; gives the frames that they complete."""
        if self.violation is not None:
            return []
        self.keep(octets)
        return self._advance()

    def end(self) -> tuple[list[Frame], Violation | None]:
        """Take the end of the stream.

        Gives the frames that it completes, and the violation of the whole stream: None when it ended cleanly.
        """
        self._has_ended = True
        frames = [] if self.violation is not None else self._advance()
        if self.violation is None and not (self.is_between_frames and self._framing.may_end):
            self.violation = self.at_end()
        return frames, self.violation

    def fill(self) -> int:
        """How many octets the next read should ask for; it may give fewer, and what is understood is the same."""
        return READ_BYTES

    def keep(self, octets: bytes) -> None:
        """Put what was read behind what is still unused."""
        if self._frame_start > _COMPACT_ABOVE_BYTES and self._frame_start * 2 > len(self._buffer):
            self._compact()
        self._buffer += octets

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        """Serve a request from the buffer; None while more must be read."""
        if isinstance(request, Exactly):
            octets = self._take_exactly(request)
        elif isinstance(request, Until):
            octets = self._take_until(request)
        else:
            octets = self._take_rest(request)
        if octets is None and not isinstance(request, Rest) and request.refuse is not None:
            partial = bytes(self._buffer[self._position :])
            if partial and request.refuse(partial) is not None:
                octets = partial
        if octets is not None:
            self._position += len(octets)
            self._searched = self._position
        return octets

    def peek(self) -> bytes | None:
        """The next octet, which stays; None while it must be read."""
        return bytes(self._buffer[self._position : self._position + 1]) or None

    def decode(self, request: Decode) -> str | None:
        """Decode a whole field."""
        try:
            return request.octets.decode(request.charset)
        except UnicodeError:
            return None

    def at_end(self) -> Violation:
        """Say what the end of the stream means inside a frame."""
        return Violation(Code.EOF_INSIDE, self._consumed_before_buffer + len(self._buffer))

    def _advance(self) -> list[Frame]:
        frames: list[Frame] = []
        while True:
            try:
                if self._request is None:
                    if not self._is_frame_to_come():
                        return frames
                    self._parser = self._framing.parse_frame()
                    self._request = next(self._parser)
                if not self._serve():
                    return frames
            except StopIteration as finished:
                frames.append(self._finish_frame(*finished.value))
            except FramingError as error:
                found = error.violation
                self.violation = Violation(found.code, self.complete_bytes + found.offset, found.detail)
                return frames

    def _is_frame_to_come(self) -> bool:
        """Skip what is idle; whether another frame begins here."""
        if self._frame_start == len(self._buffer) and not self._has_ended:
            # What may come next can depend on what the other side says before it does.
            return False
        if self._framing.idle:
            while self._frame_start < len(self._buffer) and self._buffer[self._frame_start] in self._framing.idle:
                self._frame_start += 1
            self._position = self._searched = self._frame_start
        if self._frame_start < len(self._buffer):
            return True
        return self._has_ended and self._framing.is_ended_by_stream

    def _serve(self) -> bool:
        assert self._parser is not None
        request = self._request
        send = self._parser.send
        while True:
            answer: Answer
            if isinstance(request, Decode):
                answer = self.decode(request)
            else:
                assert request is not None
                answer = self.peek() if isinstance(request, Peek) else self.take(request)
                if answer is None:
                    self._request = request
                    return False
            request = send(answer)

    def _finish_frame(self, message: Value, spans: tuple[Span, ...]) -> Frame:
        wire = bytes(self._buffer[self._frame_start : self._position])
        self._frame_start = self._position
        self._parser = self._request = None
        return Frame(message=message, wire=wire, spans=spans)

    def _take_exactly(self, request: Exactly) -> bytes | None:
        end = self._position + request.count
        if end <= len(self._buffer):
            return bytes(self._buffer[self._position : end])
        return b"" if request.or_end and self._has_ended and self._position == len(self._buffer) else None

    def _take_until(self, request: Until) -> bytes | None:
        longest = max(map(len, request.delimiters))
        last_start = self._position + request.max_bytes
        # A delimiter may begin in what an earlier search has seen and end in what has come since.
        search_from = max(self._position, self._searched - longest + 1)
        if len(request.delimiters) == 1:
            found = self._buffer.find(request.delimiters[0], search_from, last_start + longest)
        else:
            places = [self._buffer.find(one, search_from, last_start + len(one)) for one in request.delimiters]
            found = min((place for place in places if place >= 0), default=-1)
        if found >= 0:
            return bytes(self._buffer[self._position : found])
        self._searched = len(self._buffer)
        if request.or_end and self._has_ended:
            return bytes(self._buffer[self._position : last_start + 1])
        if self._may_be_delimiter(request, last_start):
            return None
        return bytes(self._buffer[self._position : last_start + 1])

    def _may_be_delimiter(self, request: Until, last_start: int) -> bool:
        """Whether a delimiter that is still allowed may have begun at the end of what came, or begin behind it."""
        for one in request.delimiters:
            unfinished = range(max(self._position, len(self._buffer) - len(one) + 1), last_start + 1)
            if any(one.startswith(self._buffer[start:]) for start in unfinished):
                return True
        return False

    def _take_rest(self, request: Rest) -> bytes | None:
        is_over = len(self._buffer) - self._position > request.max_bytes
        return bytes(self._buffer[self._position :]) if self._has_ended or is_over else None

    def _compact(self) -> None:
        dropped = self._frame_start
        del self._buffer[:dropped]
        self._consumed_before_buffer += dropped
        self._position -= dropped
        self._searched -= dropped
        self._frame_start = 0
