"""What is said: messages, their frames on the wire, and where each field of a frame lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from shortread.expected import Expected, known_members
from shortread.value import Value


class Role(StrEnum):
    """What a span is for; faults choose their cuts by it."""

    LENGTH = "length"
    DELIMITER = "delimiter"
    CONSTANT = "constant"
    BODY = "body"
    ESCAPE = "escape"
    """A sequence inside of a body that stands for other octets."""
    NUMBER = "number"


class Span(NamedTuple):
    """The place of one field: octets `start` to `end` (exclusive), counted from the start of its frame.

    A named tuple, because a parser makes several for each frame, and these are made fastest.
    """

    name: str
    role: Role
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message and its octets on the wire; `spans` are in wire order and do not overlap."""

    message: Value
    wire: bytes
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The frames that one side sends on one connection. Offsets into a stream count octets of `wire`."""

    frames: tuple[Frame, ...]
    wire: bytes = field(init=False, repr=False)
    frame_starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts, offset = [], 0
        for frame in self.frames:
            starts.append(offset)
            offset += len(frame.wire)
        object.__setattr__(self, "wire", b"".join(frame.wire for frame in self.frames))
        object.__setattr__(self, "frame_starts", tuple(starts))

    def spans(self) -> tuple[Span, ...]:
        """The spans of all frames, counted from the start of the stream."""
        return tuple(
            Span(name=span.name, role=span.role, start=start + span.start, end=start + span.end)
            for start, frame in zip(self.frame_starts, self.frames, strict=True)
            for span in frame.spans
        )


class Kind(StrEnum):
    """What a conversation is there to show."""

    ORDINARY = "ordinary"
    """What any peer might say."""
    BOUNDARY = "boundary"
    """Sizes and contents at the edges of what the framing allows."""
    MALFORMED = "malformed"
    """A frame that must be refused, behind one that is right."""
    HOSTILE = "hostile"
    """So much that somebody has to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply that must come once octets up to `after_bytes` of the stream were delivered.

    `wire` are its octets where only these will do: it was recorded, and nothing is known of its grammar.
    """

    after_bytes: int
    expected: Expected
    wire: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the harness says on one connection, and what must come back where the spec writes it down.

    `name` is `KIND/NUMBER` and unique within its spec. `stops` are the offsets behind which nothing may be sent
    until what is due has come. `knows_frames` is False where a recording tells turns only. After `ends_after_bytes`
    it is for the other side to end the connection.
    """

    name: str
    kind: Kind
    stream: Stream
    answers: tuple[Answer, ...] = ()
    stops: tuple[int, ...] = ()
    knows_frames: bool = True
    ends_after_bytes: int | None = None

    def said_by_peer(self, frames: int) -> Mapping[str, Value]:
        """The fields of what the other side has said last when so many frames are complete, where they are known."""
        starts = (*self.stream.frame_starts, len(self.stream.wire))
        said = [answer.expected for answer in self.answers if answer.after_bytes <= starts[frames]]
        return known_members(said[-1]) if said else {}
