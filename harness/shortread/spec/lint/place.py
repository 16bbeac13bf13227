"""Where fields stand in a spec, and what an objection to one is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shortread.spec import model
from shortread.spec.model import AnyField, Spec

Path = tuple[str | int, ...]
Side = Literal["client", "server"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that a rule objects to; `path` leads to it through the spec's keys and indices."""

    path: Path
    expected: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Place:
    """A sequence of fields: where it stands, and the sequence around it."""

    path: Path
    fields: Sequence[AnyField]
    around: Place | None = None

    def field_path(self, at: int, *keys: str) -> Path:
        """The path of a field, or of one of its keys."""
        name = self.fields[at].name
        return (*self.path, at, *([name] if name else []), *keys)

    @property
    def names(self) -> list[str]:
        """The names that this sequence gives to its own fields, bits included."""
        names = [field.name for field in self.fields if field.name]
        return names + [bit for field in self.fields if isinstance(field, model.BitsField) for bit in field.bits]


def places_of(spec: Spec) -> Iterator[Place]:
    """Every sequence of fields in a spec, the enclosing ones first."""
    for name, fields in spec.types.items():
        yield from _with_inner(Place(("types", name), fields))
    for path, frame in frames_of(spec):
        if isinstance(frame, list):
            yield from _with_inner(Place(path, frame))


def frames_of(spec: Spec) -> Iterator[tuple[Path, object]]:
    """Every frame that a spec says, with its place: a list of fields, a name or a word."""
    directions: list[tuple[Path, model.Direction]] = []
    if spec.directions is not None:
        directions = [(("directions", side), spec.direction(side)) for side in ("client", "server")]
    else:
        directions = [((), spec.direction("client"))]
    for path, direction in directions:
        if direction.frame is not None:
            yield (*path, "frame"), direction.frame
        for name, phase in (direction.phases or {}).items():
            yield (*path, "phases", name, "frame"), phase.frame


def _with_inner(place: Place) -> Iterator[Place]:
    yield place
    for at, _ in enumerate(place.fields):
        for path, reference in references_of(place, at):
            if isinstance(reference, list):
                yield from _with_inner(Place(path, reference, place))


def references_of(place: Place, at: int) -> Iterator[tuple[Path, object]]:
    """The types that a field leads to, each with its path."""
    match place.fields[at]:
        case model.TypeField() as field:
            yield place.field_path(at, "type"), field.type
        case model.BytesField(as_=str() as name):
            yield place.field_path(at, "as"), name
        case model.RepeatField() as field:
            yield place.field_path(at, "repeat"), field.repeat
        case model.ChoiceField() as field:
            for tag, case in (field.cases or {}).items():
                yield (*place.field_path(at, "cases"), tag), case
            for number, when in enumerate(field.when or []):
                yield (*place.field_path(at, "when"), number, "then"), when.then
            if field.else_ != "reject":
                yield place.field_path(at, "else"), field.else_


def phases_of(spec: Spec) -> Iterator[tuple[Path, Mapping[str, model.Phase]]]:
    """The phases of each direction."""
    if spec.directions is None:
        yield (), spec.phases or {}
        return
    yield ("directions", "client"), spec.directions.client.phases or {}
    yield ("directions", "server"), spec.directions.server.phases or {}
