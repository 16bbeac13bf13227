"""Frames that a spec's own constraints forbid, derived from the grammar: nobody has to write them by hand.

Each is a sample frame changed in one place. What the parser must say of it follows from the constraint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.numbers import Leb128
from shortread.codec.parts.bits import Bits
from shortread.codec.parts.checks import Checksum
from shortread.codec.parts.choice import Choice, PeekedChoice
from shortread.codec.parts.const import Const
from shortread.codec.parts.content import Content, Counted, Delimited
from shortread.codec.parts.headers import Headers
from shortread.codec.parts.number import BinaryNumber, DigitsNumber, NumberLimits, VariableNumber
from shortread.codec.parts.part import Part
from shortread.codec.parts.repeat import Repeat
from shortread.codec.placed import Placed, placed_parts
from shortread.codec.requests import Code
from shortread.codec.transforms import Cobs, Escapes, Hdlc
from shortread.stream import Frame, Role

_NO_CHARACTERS = {"utf-8": b"\xff", "ascii": b"\x80"}
"""An octet that stands for nothing in a charset."""

_MOST_TAGS = 1 << 16
_LONGEST_BYTES = 1 << 21
"""Content that may be longer than this is not made too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """Octets that begin with no frame: what was done to them, and the code and offset that must be given."""

    name: str
    octets: bytes
    code: Code
    offset: int


@dataclass(frozen=True, slots=True)
class _Change:
    """Other octets for a part, and what must be said of them, with the offset in the part."""

    name: str
    octets: bytes
    code: Code
    at: int = 0


def malformed_frames(codec: FrameCodec) -> tuple[Malformed, ...]:
    """Everything that the constraints of the first phase forbid, in its frames and the types inside, each thing once.

    Parts of one name and kind count as one, wherever they are.
    """
    found: dict[str, Malformed] = {}
    sequence = codec.first_sequence
    if sequence is None:
        return ()
    frames = codec.build_all(codec.streams[0])
    for frame in frames[:1] if not codec.is_stateless else frames:
        for case in _truncated(frame) if not codec.framing().is_ended_by_stream else ():
            found.setdefault(case.name, case)
        every_part = placed_parts(sequence, frame.wire)
        peeked = {placed.start for placed in every_part if isinstance(placed.part, PeekedChoice)}
        for placed in every_part:
            for change in _changes(placed, frame.wire[placed.start : placed.end]):
                case = _changed(frame, placed, change)
                # Another octet where one was looked at would be refused for itself, or lead elsewhere.
                is_led_here = placed.start not in peeked or case.octets[placed.start] == frame.wire[placed.start]
                if _keeps_region(placed, change) and (is_led_here or isinstance(placed.part, PeekedChoice)):
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


def _changed(frame: Frame, placed: Placed, change: _Change) -> Malformed:
    return Malformed(
        name=f"{change.name} {placed.part.name}",
        octets=frame.wire[: placed.start] + change.octets + frame.wire[placed.end :],
        code=change.code,
        offset=placed.start + change.at,
    )


def _keeps_region(placed: Placed, change: _Change) -> bool:
    """Whether what is parsed again still has the octets that it had, so that what is inside is what is refused."""
    region = placed.region
    while region is not None:
        assert isinstance(region.part, Content)
        extent = region.part.extent
        delimiters = extent.delimiters if isinstance(extent, Delimited) else ()
        if len(change.octets) != placed.end - placed.start or any(one in change.octets for one in delimiters):
            return False
        region = region.region
    return True


def _changes(placed: Placed, octets: bytes) -> Iterator[_Change]:
    part = placed.part
    match part:
        case Const() if part.role is Role.CONSTANT:
            yield _Change("another octet in", bytes([octets[0] ^ 0x01]) + octets[1:], Code.CONST_MISMATCH)
        case DigitsNumber():
            yield from _broken_digits(part, octets)
            yield from _refused_numbers(part, placed.beside)
        case VariableNumber():
            yield from _broken_forms(part)
            yield from _refused_numbers(part, placed.beside)
        case BinaryNumber():
            yield from _refused_numbers(part, placed.beside)
        case Bits():
            yield from _broken_bits(part, octets)
        case Content():
            yield from _broken_content(part, placed, octets)
        case Headers():
            yield from _broken_headers(part, octets)
        case PeekedChoice(otherwise=None):
            unknown = (octet for octet in map(_octet, range(256)) if octet.decode("latin-1") not in part.cases)
            yield from (
                _Change("an unknown octet in", first + octets[1:], Code.UNKNOWN_TAG) for first in islice(unknown, 1)
            )
        case Checksum():
            other = part.codec.write((part.codec.read(octets) + 1) % 256)
            yield _Change("another number in", other, Code.BAD_CHECKSUM)


def _broken_digits(part: DigitsNumber, digits: bytes) -> Iterator[_Change]:
    width = part.codec.width
    for octet, name in (
        (b"+", "a sign in"),
        (b" ", "a space in"),
        (b"_", "an underscore in"),
        (b"\xd9", "no ASCII in"),
    ):
        if octet != part.delimiter[:1]:
            yield _Change(name, octet + (digits[1:] if width else digits), Code.NON_DIGIT_LENGTH)
    if width is None:
        yield _Change("nothing in", b"", Code.NO_DIGITS)
        too_many = b"1" * (part.codec.max_digits + 1)
        yield _Change("too many digits in", too_many, Code.TOO_MANY_DIGITS, part.codec.max_digits)
        if not part.codec.allows_leading_zeros and part.codec.max_digits > 1:
            yield _Change("a leading zero in", b"0" + digits.lstrip(b"-")[:1], Code.LEADING_ZERO)


def _broken_forms(part: VariableNumber) -> Iterator[_Change]:
    """Octets that say no number, or say it longer than they may."""
    codec = part.codec
    if isinstance(codec, Leb128):
        yield _Change("no end in", b"\x80" * codec.max_bytes, Code.VARINT_TOO_LONG, codec.max_bytes - 1)
        overlong = _Change("a needless octet in", b"\x80\x00", Code.OVERLONG, 1)
    else:
        yield _Change("too many octets in", _octet(0x80 + codec.max_bytes), Code.VARINT_TOO_LONG)
        yield _Change("the indefinite form in", b"\x80", Code.OUT_OF_RANGE)
        overlong = _Change("a needless octet in", b"\x81\x01", Code.OVERLONG)
    if codec.is_minimal and codec.max_bytes > 1:
        yield overlong


def _refused_numbers(part: BinaryNumber | DigitsNumber | VariableNumber, beside: tuple[Part, ...]) -> Iterator[_Change]:
    """Numbers outside the limits, and such that no part can be what they say."""
    limits = part.limits
    for name, number, code in (
        ("one too much in", limits.max + 1, limits.above),
        ("one too little in", limits.min - 1, limits.below),
    ):
        if part.codec.smallest <= number <= part.codec.largest and number != limits.absent:
            yield _Change(name, part.codec.write(number), code)
    for name, number, code in _numbers_without_meaning(part.name, limits, beside):
        if limits.min <= number <= limits.max and number != limits.absent:
            yield _Change(name, part.codec.write(number), code)


def _numbers_without_meaning(
    name: str, limits: NumberLimits, beside: tuple[Part, ...]
) -> Iterator[tuple[str, int, Code]]:
    some = range(limits.min, min(limits.max, limits.min + _MOST_TAGS) + 1)
    if limits.one_of is not None:
        unknown = next((number for number in some if number not in limits.one_of), None)
        if unknown is not None:
            yield "none of its values in", unknown, Code.UNKNOWN_TAG
    for other in beside:
        match other:
            case Choice(tag=tag, otherwise=None) if tag == name:
                allowed = some if limits.one_of is None else sorted(limits.one_of)
                unknown = next((number for number in allowed if number not in other.cases), None)
                if unknown is not None:
                    yield "an unknown tag in", unknown, Code.UNKNOWN_TAG
            case Repeat(number=number) if number == name and limits.one_of is None:
                yield "one item too many in", other.max_items + 1, Code.TOO_MANY_ITEMS
            case Content(extent=Counted(number=number, others=(), key=None) as extent) if number == name:
                yield "less than there is in", extent.others_fixed_bytes - 1, Code.LENGTH_UNDERFLOW


def _broken_bits(part: Bits, octets: bytes) -> Iterator[_Change]:
    shift = part.size * 8
    for name, width in part.widths.items():
        shift -= width
        if name in part.fixed:
            other = (int.from_bytes(octets, "big") ^ 1 << shift).to_bytes(part.size, "big")
            yield _Change(f"another {name} in", other, Code.OUT_OF_RANGE, (part.size * 8 - shift - 1) // 8)


def _broken_content(part: Content, placed: Placed, octets: bytes) -> Iterator[_Change]:
    size = len(octets)
    delimiters = part.extent.delimiters if isinstance(part.extent, Delimited) else ()
    is_plain = not part.transforms and part.inner is None
    no_character = _NO_CHARACTERS.get(part.charset.name) if part.charset and part.charset.source is None else None
    if no_character and is_plain and size:
        yield _Change("no characters in", no_character * size, Code.BAD_CHARSET)
    if part.is_json and is_plain and size > 1:
        yield _Change("no JSON in", _filler(delimiters) * size, Code.BAD_JSON)
        if part.required_members:
            yield _Change("no members in", b"{}" + b" " * (size - 2), Code.MISSING_KEY)
    if delimiters:
        region_start = placed.region.start if placed.region is not None else 0
        limit = max(0, min(part.max_bytes, part.must_end_by - (placed.start - region_start)))
        may_end = isinstance(part.extent, Delimited) and part.extent.or_end
        if is_plain and not may_end and limit < _LONGEST_BYTES:
            # Where the first octet led here, only the other one will do.
            for first in (_filler(delimiters), octets[:1]):
                too_long = first + _filler(delimiters) * (limit + 1 - len(first))
                yield _Change("one octet too much in", too_long, Code.TOO_LONG, limit)
        wrong = _no_escape(part, delimiters)
        if 0 < len(wrong) <= limit:
            yield _Change("no escape in", wrong, Code.BAD_ESCAPE)


def _no_escape(part: Content, delimiters: tuple[bytes, ...]) -> bytes:
    """Octets that the outermost transform cannot undo; empty where it undoes whatever comes."""
    match part.transforms[-1:]:
        case (Escapes(table=table),):
            first = next(iter(table))[:1]
            pairs = (first + _octet(octet) for octet in range(256))
            known = (*table, *(first + one[:1] for one in delimiters))
            return next((pair for pair in pairs if not any(one.startswith(pair) for one in known)), b"")
        case (Hdlc(),):
            return b"\x7d"
        case (Cobs(),):
            return b"\x02"
    return b""


def _broken_headers(part: Headers, octets: bytes) -> Iterator[_Change]:
    end = part.line_ends[0]
    yield (
        _Change("a line that is none in", b"x" + octets, Code.BAD_HEADER)
        if octets.startswith(end)
        else _Change("a line that is none in", b"x" + end + octets, Code.BAD_HEADER)
    )
    yield _Change("a NUL in", b"x: \0" + end + octets, Code.FORBIDDEN_BYTE, 3)
    if part.max_bytes < _LONGEST_BYTES:
        yield _Change("one octet too much in", b"x" * (part.max_bytes + 1), Code.TOO_LONG, part.max_bytes)
    for key in part.required:
        yield _Change("no line in", _without(key, octets, end), Code.MISSING_KEY)
    for key in part.counting:
        name, rest = key.encode(), _without(key, octets, end)
        one, other = name + b": 1" + end, name + b": 2" + end
        yield _Change("two lengths in", one + other + rest, Code.CONFLICTING_HEADER, len(one))
        yield _Change("no number in", name + b": x" + end + rest, Code.NON_DIGIT_LENGTH)


def _without(key: str, lines: bytes, end: bytes) -> bytes:
    kept = [line for line in lines.split(end) if not line.lower().startswith(key.encode() + b":")]
    return end.join(kept)


def _filler(delimiters: tuple[bytes, ...]) -> bytes:
    """An octet that is no JSON and that none of the delimiters has."""
    return next(octet for octet in map(_octet, b"xyz") if all(octet not in one for one in delimiters))


def _octet(value: int) -> bytes:
    return bytes([value])
