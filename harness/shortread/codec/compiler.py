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
    smallest = binary.smallest if binary and not counts else 0
    limits = NumberLimits(
        min=smallest if field.min is None else field.min,
        max=codec.largest if field.max is None else field.max,
        code=Code.OVERSIZE if counts else Code.OUT_OF_RANGE,
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
    limit = spec.max_frame_bytes if field.max is None else min(field.max, spec.max_frame_bytes)
    charset = field.charset if isinstance(field, TextField) else None
    return Content(name, extent, charset, limit)


def _counted(name: str, before: Sequence[Part], fields: Mapping[str, AnyField]) -> Counted:
    number = next(
        part for part in before if isinstance(part, BinaryNumber | DigitsNumber) and name in part.counts
    )
    fixed_sizes = {part.name: part.fixed_size for part in before}
    fixed_sizes |= {other: len(field.const) for other, field in fields.items() if isinstance(field, ConstField)}
    others = [other for other in number.counts if other != name]
    return Counted(
        number=number.name,
        others=tuple(other for other in others if fixed_sizes.get(other) is None),
        others_fixed_bytes=sum(fixed_sizes.get(other) or 0 for other in others),
    )
