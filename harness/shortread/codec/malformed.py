"""Frames that a spec's own constraints forbid, derived from the grammar: nobody has to write them by hand.

Each is a sample frame changed in one place. What the parser must say of it follows from the constraint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.checks import Checksum
from shortread.codec.parts.choice import Choice
from shortread.codec.parts.const import Const
from shortread.codec.parts.content import Content, Delimited
from shortread.codec.parts.number import BinaryNumber, DigitsNumber, VariableNumber
from shortread.codec.parts.part import Part
from shortread.codec.requests import Code
from shortread.codec.transforms import Transform
from shortread.stream import Frame, Role, Span

_NO_TEXT = b"\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """Octets that begin with no frame: what was done to them, and the code and offset that must be given."""

    name: str
    octets: bytes
    code: Code
    offset: int


def malformed_frames(codec: FrameCodec) -> tuple[Malformed, ...]:
    """Everything that the constraints of the first phase's outermost fields forbid, each thing once.

    Fields inside of types are not changed.
    """
    found: dict[str, Malformed] = {}
    sequence = codec.first_sequence
    if sequence is None:
        return ()
    frames = codec.build_all(codec.streams[0])
    for frame in frames[:1] if not codec.is_stateless else frames:
        for case in _truncated(frame) if not codec.framing().is_ended_by_stream else ():
            found.setdefault(case.name, case)
        spans = {span.name: span for span in frame.spans}
        for part in sequence.parts:
            if part.name in spans:
                for case in _broken(part, spans[part.name], frame, sequence.parts):
                    found.setdefault(case.name, case)
    return tuple(found.values())


def _truncated(frame: Frame) -> Iterator[Malformed]:
    """The stream ends inside each field, and before each but the first."""
    for span in frame.spans:
        for offset, where in ((span.start, "before"), (span.end - 1, "inside")):
            if 0 < offset < len(frame.wire) and (where == "before" or offset > span.start):
                yield Malformed(
                    name=f"end {where} {span.name}", octets=frame.wire[:offset], code=Code.EOF_INSIDE, offset=offset
                )


def _broken(part: Part, span: Span, frame: Frame, parts: tuple[Part, ...]) -> Iterator[Malformed]:
    match part:
        case Const() if part.role is Role.CONSTANT:
            yield _changed("another octet in", frame, span, _flipped(part.octets), Code.CONST_MISMATCH)
        case DigitsNumber():
            yield from _broken_digits(part, span, frame)
            yield from _beyond_limits(part, span, frame)
        case BinaryNumber() | VariableNumber():
            yield from _beyond_limits(part, span, frame)
            yield from _unknown_tags(part, span, frame, parts)
        case Content():
            yield from _broken_content(part, span, frame)
        case Checksum():
            octets = frame.wire[span.start : span.end]
            other = part.codec.write((part.codec.read(octets) + 1) % 256)
            yield _changed("another number in", frame, span, other, Code.BAD_CHECKSUM)


def _broken_digits(part: DigitsNumber, span: Span, frame: Frame) -> Iterator[Malformed]:
    digits = frame.wire[span.start : span.end]
    width = part.codec.width
    for octet, name in (
        (b"+", "a sign in"),
        (b" ", "a space in"),
        (b"_", "an underscore in"),
        (b"\xd9", "no ASCII in"),
    ):
        wrong = octet + (digits[1:] if width else digits)
        if octet == part.delimiter[:1]:
            continue
        yield _changed(name, frame, span, wrong, Code.NON_DIGIT_LENGTH)
    if width is None:
        yield _changed("nothing in", frame, span, b"", Code.NO_DIGITS)
        too_many = b"1" * (part.codec.max_digits + 1)
        yield _changed("too many digits in", frame, span, too_many, Code.TOO_MANY_DIGITS, part.codec.max_digits)
        if not part.codec.allows_leading_zeros and part.codec.max_digits > 1:
            yield _changed("a leading zero in", frame, span, b"0" + digits[:1], Code.LEADING_ZERO)


def _beyond_limits(part: BinaryNumber | DigitsNumber | VariableNumber, span: Span, frame: Frame) -> Iterator[Malformed]:
    limits = part.limits
    above, below = limits.max + 1, limits.min - 1
    if above <= part.codec.largest and above != limits.absent:
        yield _changed("one too much in", frame, span, part.codec.write(above), limits.above)
    if below >= part.codec.smallest and below != limits.absent:
        yield _changed("one too little in", frame, span, part.codec.write(below), limits.below)


def _unknown_tags(
    part: BinaryNumber | VariableNumber, span: Span, frame: Frame, parts: tuple[Part, ...]
) -> Iterator[Malformed]:
    limits = part.limits
    for choice in parts:
        if isinstance(choice, Choice) and choice.tag == part.name and choice.otherwise is None:
            allowed = range(limits.min, min(limits.max, 1 << 16) + 1)
            unknown = next((tag for tag in allowed if tag not in choice.cases and not _is_refused(part, tag)), None)
            if unknown is not None:
                yield _changed("an unknown tag in", frame, span, part.codec.write(unknown), Code.UNKNOWN_TAG)


def _is_refused(part: BinaryNumber | VariableNumber, tag: int) -> bool:
    return part.limits.one_of is not None and tag not in part.limits.one_of


def _broken_content(part: Content, span: Span, frame: Frame) -> Iterator[Malformed]:
    transforms: tuple[Transform, ...] = part.transforms
    size = span.end - span.start
    if part.charset is not None and part.charset.name == "utf-8" and not transforms and size:
        yield _changed("no UTF-8 in", frame, span, _NO_TEXT * size, Code.BAD_CHARSET)
    if isinstance(part.extent, Delimited) and not part.extent.or_end and not transforms and part.inner is None:
        filler = next(octet for octet in (b"x", b"y") if all(octet not in one for one in part.extent.delimiters))
        limit = max(0, min(part.max_bytes, part.must_end_by - span.start))
        yield _changed("one octet too much in", frame, span, filler * (limit + 1), Code.TOO_LONG, limit)


def _changed(  # noqa: PLR0913, PLR0917 - what, where, with what, and what follows
    name: str, frame: Frame, span: Span, octets: bytes, code: Code, at: int = 0
) -> Malformed:
    wire = frame.wire[: span.start] + octets + frame.wire[span.end :]
    return Malformed(name=f"{name} {span.name}", octets=wire, code=code, offset=span.start + at)


def _flipped(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 0x01]) + octets[1:]
