"""Spec -> parts: what can be decided once is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, count

from shortread.codec.numbers import Binary, Digits
from shortread.codec.parts.const import Const
from shortread.codec.parts.content import Content, Counted, Delimited, Extent, Fixed
from shortread.codec.parts.number import BinaryNumber, DigitsNumber, Number, NumberLimits
from shortread.codec.parts.part import Part
from shortread.codec.requests import Code
from shortread.spec.lint import extent_of
from shortread.spec.model import AnyField, BytesField, ConstField, NumberField, Spec, TextField, Until
from shortread.stream import Role

_DEFAULT_MAX_DIGITS = 20


def compile_frame(spec: Spec) -> tuple[Part, ...]:
    """The parts of a spec that lint has nothing against, in wire order."""
    fields = _separate_delimiters(spec.frame)
    parts: list[Part] = []
    for at, (name, field) in enumerate(fields):
        before = fields[at - 1][1] if at else None
        match field:
            case NumberField():
                behind = fields[at + 1][1] if at + 1 < len(fields) else None
                delimiter = behind.const if isinstance(behind, ConstField) else b""
                parts.append(_number(field, name, delimiter, [name for name, _ in fields]))
            case ConstField():
                parts.append(Const(name, Role.DELIMITER if _is_ended_by_next(before) else Role.CONSTANT, field.const))
            case BytesField() | TextField():
                parts.append(_content(field, name, spec, parts, dict(fields)))
    return tuple(parts)


def _separate_delimiters(frame: Sequence[AnyField]) -> list[tuple[str, AnyField]]:
    """Every field with its name; the delimiter of an `until` becomes a constant of its own behind the field.

    Constants without a name are called by their octets.
    """
    fields: dict[str, AnyField] = {}
    for field in frame:
        fields[_new_name(field, fields)] = field
        extent = extent_of(field)
        if isinstance(extent, Until):
            delimiter = ConstField(const=extent.until)
            fields[_new_name(delimiter, fields)] = delimiter
    return list(fields.items())


def _new_name(field: AnyField, taken: Collection[str]) -> str:
    if field.name is not None:
        return field.name
    assert isinstance(field, ConstField)
    name = repr(field.const).removeprefix("b")
    return next(name for name in chain([name], (f"{name} {number}" for number in count(2))) if name not in taken)


def _is_ended_by_next(field: AnyField | None) -> bool:
    """Whether the constant behind this field is what tells where the field ends."""
    if isinstance(field, NumberField):
        return Binary.named(field.number) is None and field.width is None
    return field is not None and isinstance(extent_of(field), Until)


def _number(field: NumberField, name: str, delimiter: bytes, names: Sequence[str]) -> Number:
    counts = tuple(names) if field.counts == "all" else tuple(field.counts or ())
    role = Role.LENGTH if counts else Role.NUMBER
    binary = Binary.named(field.number)
    codec = binary or Digits.named(
        field.number,
        max_digits=field.width or field.max_digits or _DEFAULT_MAX_DIGITS,
        width=field.width,
        allows_leading_zeros=field.leading_zeros == "allow",
    )
    smallest = 0 if counts else codec.smallest
    limits = NumberLimits(
        min=smallest if field.min is None else max(field.min, smallest),
        max=codec.largest if field.max is None else min(field.max, codec.largest),
        below=Code.LENGTH_UNDERFLOW if counts else Code.OUT_OF_RANGE,
        above=Code.OVERSIZE if counts else Code.OUT_OF_RANGE,
    )
    if isinstance(codec, Binary):
        return BinaryNumber(name, role, codec, limits, counts)
    return DigitsNumber(name, role, codec, limits, counts, delimiter)


def _content(
    field: BytesField | TextField, name: str, spec: Spec, before: Sequence[Part], fields: Mapping[str, AnyField]
) -> Content:
    wanted = extent_of(field)
    extent: Extent
    if isinstance(wanted, int):
        extent = Fixed(wanted)
    elif isinstance(wanted, Until):
        extent = Delimited(wanted.until)
    else:
        extent = _counted(name, before, fields)
    charset = field.charset if isinstance(field, TextField) else None
    names = list(fields)
    behind = names[names.index(name) + 1 :]
    frame_room = spec.max_frame_bytes - sum(_fixed_size(fields[other]) or 0 for other in behind)
    return Content(name, extent, charset, frame_room if field.max is None else field.max, frame_room)


def _counted(name: str, before: Sequence[Part], fields: Mapping[str, AnyField]) -> Counted:
    number = next(part for part in before if isinstance(part, BinaryNumber | DigitsNumber) and name in part.counts)
    fixed_sizes = {other: _fixed_size(fields[other]) for other in number.counts if other != name}
    return Counted(
        number=number.name,
        others=tuple(other for other, size in fixed_sizes.items() if size is None),
        others_fixed_bytes=sum(size or 0 for size in fixed_sizes.values()),
    )


def _fixed_size(field: AnyField) -> int | None:
    """How many octets the field always has; None when that depends on the message."""
    if isinstance(field, ConstField):
        return len(field.const)
    if isinstance(field, NumberField):
        binary = Binary.named(field.number)
        return binary.size if binary else field.width
    extent = extent_of(field)
    return extent if isinstance(extent, int) else None
