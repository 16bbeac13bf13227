"""Rules for what a frame can be built from: each value before its use, and few ways to find it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortread.spec import model
from shortread.spec.fields import extent_of
from shortread.spec.lint.lookup import counts_of, is_derived
from shortread.spec.lint.place import Objection, Path, Place, frames_of, places_of, references_of
from shortread.spec.model import AnyField, Spec
from shortread.spec.yaml12 import did_you_mean

_MAX_WAYS = 100


def fields_come_before_their_use(spec: Spec) -> Iterator[Objection]:
    """What a field needs stands before it, whichever way leads there: a tag, a key, a size, a number of items."""
    places = {place.path: place for place in places_of(spec)}
    for path, around in _said_around(spec, places).items():
        place, said = places[path], set(around)
        for at, field in enumerate(place.fields):
            for keys, name in _needed_fields(field):
                if ("field", name, "") not in said:
                    names = sorted(name for what, name, _ in said if what == "field")
                    yield Objection(
                        path=place.field_path(at, *keys),
                        expected="a field before it: " + (", ".join(names) or "there is none"),
                        found=f"'{name}'",
                        remedy=did_you_mean(name, names) or "name a field that stands before it",
                    )
            is_inside = place.around is not None or place.path[:1] == ("types",)
            for what, key in (("size", "counts"), ("items", "count_of")):
                is_needed = extent_of(field) == "counted" and is_inside
                if what == "items":
                    is_needed = isinstance(field, model.RepeatField) and field.count == "counted"
                if is_needed and not any((what, field.name) == word[:2] for word in said):
                    yield Objection(
                        path=place.field_path(at),
                        expected=f"a number before '{field.name}', the same on every way there, with {key}",
                        found="none",
                        remedy=f"add {key}: {f'[{field.name}]' if key == 'counts' else field.name} to such a number",
                    )
            said = _with_said_by(field, place, said)


Word = tuple[str, str, str]
"""What a field says that others may need: that it is there, or whose size or number of items it tells."""


def _said_around(spec: Spec, places: Mapping[Path, Place]) -> Mapping[Path, frozenset[Word]]:
    """What the sequences around each sequence have said before it, whichever way leads there."""
    around: dict[Path, frozenset[Word]] = {}
    nothing: frozenset[Word] = frozenset()
    waiting = [(("types", frame) if isinstance(frame, str) else path, nothing) for path, frame in frames_of(spec)]
    while waiting:
        path, words = waiting.pop()
        words &= around.get(path, words)
        if path not in places or around.get(path) == words:
            continue
        around[path] = words
        said, place = set(words), places[path]
        for at, field in enumerate(place.fields):
            for inner, reference in references_of(place, at):
                waiting.append((("types", reference) if isinstance(reference, str) else inner, frozenset(said)))
            said = _with_said_by(field, place, said)
    return around


def _with_said_by(field: AnyField, place: Place, said: set[Word]) -> set[Word]:
    """What has been said behind a field; the nearest number that tells a size is the one that counts."""
    name = field.name or ""
    bits = field.bits if isinstance(field, model.BitsField) else ()
    words = {("field", said, "") for said in (name, *bits) if said}
    words |= {("size", counted, name) for counted in counts_of(field, place)}
    if isinstance(field, model.NumberField) and field.count_of is not None:
        words.add(("items", field.count_of, name))
    told = {word[:2] for word in words}
    return {word for word in said if word[:2] not in told} | words


def _needed_fields(field: AnyField) -> Iterator[tuple[tuple[str, ...], str]]:
    """The fields that must be known to parse this one, each with the key that names it."""
    match field:
        case model.CheckField(at=str() as at):
            yield ("at",), at
        case model.ChoiceField() if field.choice not in ("when", "peek"):
            yield ("choice",), field.choice
        case model.NumberField(small=str() as small):
            yield ("small",), small
        case model.ChecksumField():
            yield from ((("over",), name) for name in field.over)
        case model.TextField(charset=model.CharsetFrom() as charset):
            yield ("charset",), charset.from_.partition(".")[0]
    for transform in field.via if isinstance(field, model.ContentField) else []:
        if isinstance(transform, model.XorTransform):
            yield ("via",), transform.xor


def values_lead_to_an_end(spec: Spec) -> Iterator[Objection]:
    """What a message says does not lead back to itself, and leads through at most 100 types and alternatives."""
    ways: dict[str, int | None] = {}
    reached = _said_around(spec, {place.path: place for place in places_of(spec)})
    for name in spec.types:
        if ("types", name) in reached and _ways(name, spec, ways) > _MAX_WAYS:
            yield Objection(
                path=("types", name),
                expected=f"a value that may be of at most {_MAX_WAYS} types, and not of this one again",
                found="more, or this one again",
                remedy="let the type have a second field with a value, or fewer alternatives",
            )
            return


def _ways(reference: object, spec: Spec, known: dict[str, int | None]) -> int:
    """How many sequences may be tried to build one value, where each hands it on as it is; too many for a circle."""
    if isinstance(reference, str):
        if reference not in known:
            known[reference] = None
            known[reference] = _ways(spec.types.get(reference, []), spec, known)
        found = known[reference]
        return _MAX_WAYS + 1 if found is None else found
    assert isinstance(reference, list)
    place = Place((), reference)
    said = [field for field in reference if field.name and not is_derived(field)]
    if len(said) != 1 or isinstance(said[0], model.RepeatField) or any(map(_has_free_bits, reference)):
        return 1
    at = reference.index(said[0])
    return 1 + sum(_ways(inner, spec, known) for _, inner in references_of(place, at))


def _has_free_bits(field: AnyField) -> bool:
    return isinstance(field, model.BitsField) and any(bit not in field.fixed for bit in field.bits)
