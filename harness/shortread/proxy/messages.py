"""Octets of one direction -> where its messages lie. Follows a stream and never holds it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.framing import PhaseMachine
from shortread.codec.receive import FrameParser, Receiver
from shortread.codec.requests import Violation
from shortread.stream import Frame, Span
from shortread.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One complete message: its number, counted from 1, its place in the stream, and its fields.

    `spans` are counted from `start`.
    """

    number: int
    start: int
    end: int
    spans: tuple[Span, ...]


class MessageWatch:
    """Follows one direction of a connection.

    `next_number` is the number of the message that is not complete yet; `next_start` its offset in the stream, None
    before its first octet. `violation` is what broke the framing; no message is found after it.
    """

    def __init__(self, codec: FrameCodec, last_of_peer: Callable[[], Mapping[str, Value]]) -> None:
        self._machine = codec.framing(lambda *_: last_of_peer())
        self._framing = _StartsOfFrames(self._machine)
        self._receiver = Receiver(self._framing)
        self._framing.offset = lambda: self._receiver.complete_bytes
        self.next_number = 1

    @property
    def last_values(self) -> Mapping[str, Value]:
        """The fields of the last complete message."""
        return self._machine.last_values

    @property
    def next_start(self) -> int | None:
        """Where the message begins that is not complete yet."""
        return self._framing.starts[0] if self._framing.starts else None

    @property
    def violation(self) -> Violation | None:
        """What broke the framing, with its offset in the stream."""
        return self._receiver.violation

    def feed(self, octets: bytes) -> list[Message]:
        """Take octets as they came; gives the messages that they complete."""
        return self._messages(self._receiver.feed(octets))

    def end(self) -> list[Message]:
        """Take the end of the stream; gives the message that it completes, if it does."""
        frames, _ = self._receiver.end()
        return self._messages(frames)

    def _messages(self, frames: Sequence[Frame]) -> list[Message]:
        messages = []
        for frame in frames:
            start = self._framing.starts.pop(0)
            end = start + len(frame.wire)
            messages.append(Message(number=self.next_number, start=start, end=end, spans=frame.spans))
            self.next_number += 1
        return messages


class _StartsOfFrames:
    """A framing that notes where each frame begins: octets that mean nothing may stand between two of them."""

    def __init__(self, framing: PhaseMachine) -> None:
        self._framing = framing
        self.starts: list[int] = []
        self.offset: Callable[[], int] = lambda: 0

    @property
    def idle(self) -> bytes:
        return self._framing.idle

    @property
    def may_end(self) -> bool:
        return self._framing.may_end

    @property
    def is_ended_by_stream(self) -> bool:
        return self._framing.is_ended_by_stream

    def parse_frame(self) -> FrameParser:
        self.starts.append(self.offset())
        return self._framing.parse_frame()
