"""What is said: messages, their frames on the wire, and where each field of a frame lies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

Value: TypeAlias = "bytes | str | int | float | bool | tuple[Value, ...] | Mapping[str, Value] | None"
"""What an application sees: the value of one field, or a mapping of several fields' names to their values."""


class Role(StrEnum):
    """What a span is for; faults choose their cuts by it."""

    LENGTH = "length"
    DELIMITER = "delimiter"
    CONSTANT = "constant"
    BODY = "body"
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
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the harness says on one connection. `name` is `KIND/NUMBER` and unique within its spec."""

    name: str
    kind: Kind
    stream: Stream


def describe(value: Value) -> str:
    """A value as one line that a person can read: text in quotes, octets that are no text in hexadecimal."""
    match value:
        case bytes():
            try:
                return describe(value.decode())
            except UnicodeDecodeError:
                return f"0x{value.hex()}"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return ", ".join(f"{name}: {describe(part)}" for name, part in value.items())
        case tuple():
            return f"[{', '.join(map(describe, value))}]"
        case _:
            return str(value)
