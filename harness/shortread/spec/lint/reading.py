"""Which fields and types read at least an octet; and a spec with what all rules want to know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from shortread.spec import model
from shortread.spec.fields import extent_of
from shortread.spec.lint.place import Path, places_of, references_of
from shortread.spec.model import AnyField, Spec


class Whole:
    """A spec, with what the rules for its fields ask about all of it."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.places = tuple(places_of(spec))
        self.names = frozenset(name for place in self.places for name in place.names)
        self.reading_types = _types_that_read(spec)


def _types_that_read(spec: Spec) -> Collection[str]:
    """The names of the types that take at least one octet, whatever their values are."""
    # What is unknown is for another rule.
    reading = {name for _, name in _named_references(spec) if name not in spec.types and name != "nothing"}
    grown = True
    while grown:
        more = {name for name, fields in spec.types.items() if reads_something(fields, reading)} - reading
        reading |= more
        grown = bool(more)
    return reading


def _named_references(spec: Spec) -> Iterator[tuple[Path, str]]:
    for place in places_of(spec):
        for at, _ in enumerate(place.fields):
            for path, reference in references_of(place, at):
                if isinstance(reference, str):
                    yield path, reference


def reads_something(reference: object, reading_types: Collection[str]) -> bool:
    """Whether what is referred to, by name or as fields, reads at least an octet."""
    if isinstance(reference, str):
        return reference in reading_types
    assert isinstance(reference, list)
    return any(_field_reads_something(field, reading_types) for field in reference)


def _field_reads_something(field: AnyField, reading_types: Collection[str]) -> bool:
    match field:
        case model.NumberField():
            return field.number != "ladder"
        case model.ConstField() | model.BitsField() | model.ChecksumField() | model.HeadersField():
            return True
        case model.TypeField():
            return reads_something(field.type, reading_types)
        case model.ChoiceField():
            cases = [*(field.cases or {}).values(), *(when.then for when in field.when or [])]
            cases += [field.else_] if field.else_ != "reject" else []
            return all(reads_something(case, reading_types) for case in cases)
    extent = extent_of(field)
    is_delimited = isinstance(extent, model.Until | model.UntilAny)
    return isinstance(extent, int) or (is_delimited and getattr(field, "eof", "error") == "error")
