"""A spec made ready: octets to frames, messages to frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from shortread.codec.compiler import compile_frame
from shortread.codec.parts.number import BinaryNumber, DigitsNumber, Number
from shortread.codec.parts.part import Part, Progress, UnbuildableError
from shortread.codec.receive import FrameParser, Receiver
from shortread.codec.requests import Violation
from shortread.spec.model import Spec
from shortread.stream import Frame, Value


class FrameCodec:
    """Parses and builds the frames of one spec."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._parts = compile_frame(spec)
        self._message_names = spec.message_names

    def receiver(self) -> Receiver:
        """A receive loop that waits for the first octet of a stream."""
        return Receiver(self._parse_frame)

    def parse(self, octets: bytes) -> tuple[tuple[Frame, ...], Violation | None]:
        """The frames of a whole stream, and what is wrong with it: None when it ends between two frames."""
        receiver = self.receiver()
        frames = tuple(receiver.feed(octets))
        return frames, receiver.end()

    def build(self, message: Value) -> Frame:
        """The frame of a message. Raises UnbuildableError when the framing cannot carry it."""
        pieces = self._build_pieces(self._values_of(message))
        wire = b"".join(pieces)
        frames, violation = self.parse(wire)
        if violation is not None or len(frames) != 1:
            found = violation.code.value if violation else f"{len(frames)} frames"
            raise UnbuildableError(field="frame", expected="one frame that parses", found=found)
        return frames[0]

    def _parse_frame(self) -> FrameParser:
        progress = Progress()
        for part in self._parts:
            yield from part.parse(progress)
        return self._message_from(progress.values), tuple(progress.spans)

    def _message_from(self, values: Mapping[str, Value]) -> Value:
        if len(self._message_names) == 1:
            return values[self._message_names[0]]
        return {name: values[name] for name in self._message_names}

    def _values_of(self, message: Value) -> Mapping[str, Value]:
        if len(self._message_names) == 1:
            return {self._message_names[0]: message}
        if not isinstance(message, Mapping) or set(message) != set(self._message_names):
            raise UnbuildableError(
                field="message", expected="a mapping of " + ", ".join(self._message_names), found=repr(message)
            )
        return message

    def _build_pieces(self, values: Mapping[str, Value]) -> list[bytes]:
        given = {part.name: part.build(values.get(part.name)) for part in self._parts if not _is_derived(part)}
        sizes = {name: len(piece) for name, piece in given.items()}
        derived = {part.name: _build_count(part, sizes) for part in self._parts if _is_derived(part)}
        pieces = given | derived
        return [pieces[part.name] for part in self._parts]


def _is_derived(part: Part) -> TypeGuard[Number]:
    return isinstance(part, BinaryNumber | DigitsNumber) and bool(part.counts)


def _build_count(part: Number, sizes: Mapping[str, int]) -> bytes:
    """Write the number of octets it counts; a number that counts its own digits is found by trying sizes."""
    others = sum(sizes[name] for name in part.counts if name != part.name)
    if part.name not in part.counts:
        return part.build(others)
    own_bytes = part.fixed_size or 1
    while True:
        piece = part.build(others + own_bytes)
        if len(piece) == own_bytes:
            return piece
        own_bytes = len(piece)
