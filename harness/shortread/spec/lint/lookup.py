"""What single fields say: their counts, expressions and constants."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from shortread.spec import model
from shortread.spec.fields import extent_of
from shortread.spec.lint.place import Place
from shortread.spec.model import AnyField


def explicit_counts_of(field: AnyField) -> list[str]:
    """The names of the fields that a length counts, where it names them."""
    match field:
        case model.NumberField(counts=list() as counts):
            return counts
        case model.JsonField() | model.HeadersField() | model.BytesField():
            return list(field.counts.values())
    return []


def counts_of(field: AnyField, place: Place) -> list[str]:
    """The names of all fields that a length counts, also where it counts all."""
    if isinstance(field, model.NumberField) and field.counts == "all":
        return [other.name for other in place.fields if other.name]
    return explicit_counts_of(field)


def expressions_of(field: AnyField) -> Iterator[tuple[tuple[str, ...], str]]:
    """The expressions of a field, each with the place in it where it stands."""
    match field:
        case model.CheckField():
            yield ("check",), field.check
        case model.ChoiceField():
            for when in field.when or []:
                yield ("when",), when.if_
        case model.RepeatField(until=str() as until):
            yield ("until",), until


def find_field(name: str, place: Place | None) -> AnyField | None:
    """The field of that name before or around a place, the nearest one; None where there is none."""
    while place is not None:
        for field in place.fields:
            if field.name == name:
                return field
            if isinstance(field, model.BitsField) and name in field.bits:
                return field
        place = place.around
    return None


def may_be(number: model.NumberField, value: object) -> bool:
    """Whether a number can have this value."""
    if not isinstance(value, int):
        return False
    is_low = number.min is not None and value < number.min and value != number.absent
    is_high = number.max is not None and value > number.max
    return not (is_low or is_high or (number.one_of is not None and value not in number.one_of))


def is_constant(fields: Collection[AnyField], name: str) -> bool:
    """Whether the field of that name always has the same octets."""
    return any(field.name == name and isinstance(field, model.ConstField) for field in fields)


def is_derived(field: AnyField) -> bool:
    """Whether the value of a field follows from others."""
    if isinstance(field, model.NumberField):
        return field.counts is not None or field.count_of is not None
    if isinstance(field, model.HeadersField):
        return bool(field.counts)
    return isinstance(field, model.ConstField | model.ChecksumField | model.CheckField | model.BitsField)


def has_fixed_size(field: AnyField) -> bool:
    """Whether a field always takes the same number of octets."""
    if isinstance(field, model.NumberField):
        return field.number.startswith(("u", "i")) or field.width is not None
    return isinstance(field, model.ConstField | model.BitsField) or isinstance(extent_of(field), int)
