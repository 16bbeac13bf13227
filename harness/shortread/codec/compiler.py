"""Fields -> parts: what can be decided once is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Sequence as Listing
from dataclasses import dataclass
from itertools import chain, count
from typing import assert_never, get_args

from shortread.codec.checksums import CHECKSUMS
from shortread.codec.numbers import BerLength, Binary, Digits, Leb128
from shortread.codec.parts.bits import Bits
from shortread.codec.parts.checks import Check, Checksum
from shortread.codec.parts.choice import Choice, ConditionalChoice, PeekedChoice
from shortread.codec.parts.const import Const, Delimiter
from shortread.codec.parts.content import Charset, Content, Counted, Delimited, Extent, Fixed, ToTheEnd
from shortread.codec.parts.headers import Headers
from shortread.codec.parts.number import (
    BinaryNumber,
    DigitsNumber,
    LadderNumber,
    Meaning,
    Number,
    NumberLimits,
    VariableNumber,
)
from shortread.codec.parts.part import Part
from shortread.codec.parts.repeat import Repeat
from shortread.codec.parts.sequence import Sequence, TypedPart
from shortread.codec.requests import Code
from shortread.codec.transforms import SLIP, Cobs, Escapes, Hdlc, Transform, Unprefix, Xor
from shortread.spec import model
from shortread.spec.expressions import Expression, parse_expression
from shortread.spec.fields import extent_of
from shortread.spec.lint import places_of
from shortread.stream import Role
from shortread.value import Value

_DEFAULT_MAX_DIGITS = 20
_DEFAULT_MAX_VARIABLE_BYTES = {"leb128": 10, "ber-length": 5}
_FIXED_TRANSFORMS: Mapping[str, Transform] = {"slip": SLIP, "hdlc": Hdlc(), "cobs": Cobs()}

Fields = Listing[tuple[str, model.AnyField]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What a sequence knows of the sequences around it: who counts its fields, and what a frame may hold."""

    counted: Mapping[str, Counted]
    items: Mapping[str, tuple[str, int | None]]
    frame_room: int


class Compiler:
    """Compiles the sequences of one spec; types are compiled once.

    `has_checksum`: whether octets must be kept; `asks_peer`: whether anything compiled so far speaks of the peer.
    """

    def __init__(self, spec: model.Spec) -> None:
        self._spec = spec
        self._types: dict[str, Sequence] = {}
        self.asks_peer = False
        self.has_checksum = any(
            isinstance(field, model.ChecksumField) for place in places_of(spec) for field in place.fields
        )

    def frame(self, fields: Listing[model.AnyField], message: str | list[str] | None) -> Sequence:
        """The sequence of a frame; `message` names what the application sees, everything by default."""
        room = self._spec.max_frame_bytes
        around = _Surroundings(counted={}, items={}, frame_room=room)
        names = [message] if isinstance(message, str) else message
        return self._sequence(fields, around, names, is_frame=True)

    def expression(self, text: str) -> Expression:
        """A condition, which may speak of the peer."""
        expression = parse_expression(text)
        self.asks_peer |= any(name.startswith("peer.") for name in expression.names)
        return expression

    def type(self, reference: str | Listing[model.AnyField], around: _Surroundings) -> Sequence:
        """The sequence for a type: fields in place, `nothing`, a number, or a named type."""
        if not isinstance(reference, str):
            return self._sequence(reference, around, None)
        if reference == "nothing":
            return Sequence((), ())
        if reference in get_args(model.BinaryNumber):
            field = model.NumberField(name="value", number=reference)  # type: ignore[arg-type] # just looked up
            return self._sequence([field], around, None)
        if reference not in self._types:
            # A type may contain itself, so it is known before it is finished.
            unfinished = self._types[reference] = Sequence((), ())
            finished = self._sequence(self._spec.types[reference], around, None)
            object.__setattr__(unfinished, "parts", finished.parts)
            object.__setattr__(unfinished, "message_names", finished.message_names)
        return self._types[reference]

    def _sequence(
        self,
        frame: Listing[model.AnyField],
        around: _Surroundings,
        message_names: list[str] | None,
        *,
        is_frame: bool = False,
    ) -> Sequence:
        fields = _named(frame)
        inside = _Surroundings(
            counted={**around.counted, **dict(_counted(fields))},
            items={**around.items, **dict(_counted_items(fields))},
            frame_room=around.frame_room,
        )
        parts: list[Part] = []
        for at in range(len(fields)):
            behind = fields[at + 1 :] if is_frame else []
            room = inside.frame_room - sum(fixed_size(other) or 0 for _, other in behind)
            parts.append(self._part(fields, at, inside, room))
        if message_names is None:
            message_names = list(_message_names(fields))
        return Sequence(tuple(parts), tuple(message_names))

    def _part(  # noqa: C901, PLR0911 - one line for each kind of field
        self, fields: Fields, at: int, around: _Surroundings, room: int
    ) -> Part:
        name, field = fields[at]
        match field:
            case model.NumberField():
                return _number(name, field, fields[at + 1][1] if at + 1 < len(fields) else None, around)
            case model.ConstField():
                before = fields[at - 1][1] if at else None
                return Const(name, Role.DELIMITER if _is_ended_by_next(before) else Role.CONSTANT, field.const)
            case _DelimiterField():
                return Delimiter(name, tuple(field.delimiters), field.or_end)
            case model.BitsField():
                return Bits(name, field.bits, field.fixed)
            case model.BytesField() | model.TextField() | model.JsonField():
                return self._content(name, field, around, room)
            case model.HeadersField():
                counting = {key.lower(): counted for key, counted in field.counts.items()}
                required = tuple(key.lower() for key in field.require)
                return Headers(name, tuple(field.headers), field.separator, field.max, counting, required)
            case model.ChoiceField():
                return self._choice(name, field, around)
            case model.RepeatField():
                return self._repeat(name, field, around)
            case model.ChecksumField():
                codec = Binary.named(field.number) or _digits(field.number, field.width, field.width, zeros=True)
                return Checksum(name, codec, CHECKSUMS[field.checksum], tuple(_covered(field.over, fields)))
            case model.CheckField():
                return Check(name, self.expression(field.check), Code(field.code), field.at)
            case model.TypeField():
                return TypedPart(name, self.type(field.type, around))
            case _:
                assert_never(field)

    def _content(
        self, name: str, field: model.BytesField | model.TextField | model.JsonField, around: _Surroundings, room: int
    ) -> Content:
        inner = None
        charset = None
        if isinstance(field, model.BytesField) and field.as_:
            inner = self.type(field.as_, around)
        if isinstance(field, model.JsonField):
            charset = Charset("utf-8")
        elif isinstance(field, model.TextField):
            charset = _charset(field.charset)
        is_json = isinstance(field, model.JsonField)
        return Content(
            name=name,
            extent=_extent(name, field, around),
            max_bytes=room if field.max is None else field.max,
            must_end_by=room,
            charset=charset,
            is_json=is_json,
            counting={} if isinstance(field, model.TextField) else field.counts,
            required_members=tuple(field.require) if isinstance(field, model.JsonField) else (),
            transforms=tuple(map(_transform, field.via)),
            inner=inner,
        )

    def _choice(
        self, name: str, field: model.ChoiceField, around: _Surroundings
    ) -> Choice | ConditionalChoice | PeekedChoice:
        otherwise = None if field.else_ == "reject" else self.type(field.else_, around)
        if field.when is not None:
            cases = tuple((self.expression(case.if_), self.type(case.then, around)) for case in field.when)
            return ConditionalChoice(name, cases, otherwise)
        tagged: dict[Value, Sequence] = {tag: self.type(case, around) for tag, case in (field.cases or {}).items()}
        if field.choice == "peek":
            return PeekedChoice(name, tagged, otherwise)
        return Choice(name, field.choice, tagged, otherwise)

    def _repeat(self, name: str, field: model.RepeatField, around: _Surroundings) -> Repeat:
        number, absent = around.items.get(name, (None, None)) if field.count == "counted" else (None, None)
        return Repeat(
            name=name,
            item=self.type(field.repeat, around),
            max_items=field.max,
            count=field.count if isinstance(field.count, int) else None,
            number=number,
            absent=absent,
            until=self.expression(field.until) if field.until else None,
            is_last_kept=field.keep_last,
            last=field.last,
            joined_bytes=field.joined,
        )


class _DelimiterField(model.NamedField):
    """The delimiters of an `until_any`, or one that the end of the stream may replace."""

    delimiters: list[bytes]
    or_end: bool


def fixed_size(field: model.AnyField) -> int | None:
    """How many octets the field always has; None when that depends on the message."""
    match field:
        case model.ConstField():
            return len(field.const)
        case model.NumberField() | model.ChecksumField():
            binary = Binary.named(field.number)
            return binary.size if binary else field.width
        case model.BitsField():
            return sum(field.bits.values()) // 8
        case model.CheckField():
            return 0
    extent = extent_of(field)
    return extent if isinstance(extent, int) else None


def _named(frame: Listing[model.AnyField]) -> Fields:
    """Every field with a name; the delimiter of an `until` becomes a field of its own behind the content.

    Constants without a name are called by their octets.
    """
    fields: dict[str, model.AnyField] = {}
    for field in frame:
        fields[_new_name(field, fields)] = field
        extent = extent_of(field)
        or_end = isinstance(field, model.ContentField) and field.eof == "ends"
        delimiters = extent.until_any if isinstance(extent, model.UntilAny) else []
        delimiters = [extent.until] if isinstance(extent, model.Until) else delimiters
        if delimiters and (or_end or len(delimiters) > 1):
            delimiter = _DelimiterField(delimiters=delimiters, or_end=or_end)
            fields[_new_name(delimiter, fields)] = delimiter  # type: ignore[assignment] # ours alone
        elif delimiters:
            constant = model.ConstField(const=delimiters[0])
            fields[_new_name(constant, fields)] = constant
    return list(fields.items())


def _new_name(field: model.NamedField, taken: Collection[str]) -> str:
    if field.name is not None:
        return field.name
    match field:
        case model.ConstField():
            name = repr(field.const).removeprefix("b")
        case _DelimiterField():
            name = repr(field.delimiters[0]).removeprefix("b")
        case _:
            name = type(field).__name__.removesuffix("Field").lower()
    return next(name for name in chain([name], (f"{name} {number}" for number in count(2))) if name not in taken)


def _message_names(fields: Fields) -> Iterator[str]:
    """The fields that nothing derives: what the application sees where the spec does not say."""
    ladders = {field.small for _, field in fields if isinstance(field, model.NumberField)}
    for name, field in fields:
        match field:
            case model.BitsField():
                yield from (bit for bit in field.bits if bit not in field.fixed and bit not in ladders)
            case model.NumberField():
                if field.counts is None and field.count_of is None:
                    yield name
            case model.ConstField() | model.CheckField() | model.ChecksumField() | _DelimiterField():
                pass
            case _:
                yield name


def _covered(names: Listing[str], fields: Fields) -> Iterator[str]:
    """The names, and in their places the fields between them that have none."""
    places = [at for at, (name, _) in enumerate(fields) if name in names]
    for name, field in fields[min(places) : max(places) + 1]:
        if name in names or field.name is None:
            yield name


def _counted(fields: Fields) -> Iterator[tuple[str, Counted]]:
    """Who counts each counted field."""
    sizes = {name: fixed_size(field) for name, field in fields}
    for name, field in fields:
        if isinstance(field, model.NumberField) and field.counts is not None:
            counts = [other for other, _ in fields] if field.counts == "all" else field.counts
            for target in counts:
                others = [other for other in counts if other != target]
                yield (
                    target,
                    Counted(
                        number=name,
                        others=tuple(other for other in others if sizes.get(other, 0) is None),
                        others_fixed_bytes=sum(sizes.get(other) or 0 for other in others),
                    ),
                )
        elif isinstance(field, model.JsonField | model.HeadersField | model.BytesField):
            for key, target in field.counts.items():
                yield target, Counted(number=name, others=(), others_fixed_bytes=0, key=key)


def _counted_items(fields: Fields) -> Iterator[tuple[str, tuple[str, int | None]]]:
    for name, field in fields:
        if isinstance(field, model.NumberField) and field.count_of is not None:
            yield field.count_of, (name, field.absent)


def _is_ended_by_next(field: model.AnyField | None) -> bool:
    """Whether the constant behind this field is what tells where the field ends."""
    if isinstance(field, model.NumberField):
        return field.number.endswith("digits") and field.width is None
    return field is not None and isinstance(extent_of(field), model.Until)


def _number(name: str, field: model.NumberField, behind: model.AnyField | None, around: _Surroundings) -> Number:
    counts = field.counts
    names = [target for target, counted in around.counted.items() if counted.number == name]
    meaning = Meaning(tuple(names) if counts == "all" else tuple(counts or ()), field.count_of, field.absent)
    role = Role.LENGTH if meaning.is_derived else Role.NUMBER
    if field.number == "ladder":
        rungs = {small: _binary(codec) for small, codec in (field.rungs or {}).items()}
        limits = _limits(field, 0, max(codec.largest for codec in rungs.values()), meaning)
        return LadderNumber(name, role, field.small or "", rungs, field.minimal, limits, meaning)
    binary = Binary.named(field.number)
    if binary is not None:
        smallest = 0 if meaning.counts else binary.smallest
        return BinaryNumber(name, role, binary, _limits(field, smallest, binary.largest, meaning), meaning)
    if field.number in _DEFAULT_MAX_VARIABLE_BYTES:
        max_bytes = field.max_bytes or _DEFAULT_MAX_VARIABLE_BYTES[field.number]
        variable = (Leb128 if field.number == "leb128" else BerLength)(max_bytes, field.minimal)
        return VariableNumber(name, role, variable, _limits(field, 0, variable.largest, meaning), meaning)
    digits = _digits(
        field.number,
        field.width,
        field.max_digits,
        zeros=field.leading_zeros == "allow",
        sign=field.sign == "allow",
    )
    delimiter = behind.const if isinstance(behind, model.ConstField) else b""
    smallest = 0 if meaning.is_derived else digits.smallest
    return DigitsNumber(name, role, digits, _limits(field, smallest, digits.largest, meaning), meaning, delimiter)


def _binary(name: str) -> Binary:
    codec = Binary.named(name)
    assert codec is not None
    return codec


def _digits(name: str, width: int | None, max_digits: int | None, *, zeros: bool, sign: bool = False) -> Digits:
    limit = width or max_digits or _DEFAULT_MAX_DIGITS
    return Digits.named(name, max_digits=limit, width=width, allows_leading_zeros=zeros, allows_sign=sign)


def _limits(field: model.NumberField, smallest: int, largest: int, meaning: Meaning) -> NumberLimits:
    return NumberLimits(
        min=smallest if field.min is None else max(field.min, smallest),
        max=largest if field.max is None else min(field.max, largest),
        below=Code.LENGTH_UNDERFLOW if meaning.counts else Code.OUT_OF_RANGE,
        above=Code.OVERSIZE if meaning.is_derived else Code.OUT_OF_RANGE,
        absent=field.absent,
        one_of=frozenset(field.one_of) if field.one_of is not None else None,
    )


def _extent(name: str, field: model.BytesField | model.TextField | model.JsonField, around: _Surroundings) -> Extent:
    match extent_of(field):
        case int() as size:
            return Fixed(size)
        case model.Until() as until:
            return Delimited((until.until,), field.eof == "ends")
        case model.UntilAny() as until_any:
            return Delimited(tuple(until_any.until_any), field.eof == "ends")
        case "rest":
            return ToTheEnd()
        case _:
            return around.counted[name]


def _charset(charset: str | model.CharsetFrom) -> Charset:
    if isinstance(charset, str):
        return Charset(charset)
    field, _, key = charset.from_.partition(".")
    return Charset(charset.default, (field, key))


def _transform(transform: model.AnyTransform) -> Transform:
    match transform:
        case model.XorTransform():
            return Xor(transform.xor)
        case model.UnprefixTransform():
            return Unprefix(transform.unprefix)
        case model.EscapeTransform():
            return Escapes({wire.encode(): content for wire, content in transform.escapes.items()})
        case _:
            return _FIXED_TRANSFORMS[transform]
