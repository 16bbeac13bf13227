"""Rules for frames, types, phases and transitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from shortread.spec import model
from shortread.spec.expressions import parse_expression
from shortread.spec.lint.lookup import expressions_of
from shortread.spec.lint.place import Objection, Path, Place, Side, frames_of, phases_of, places_of, references_of
from shortread.spec.model import Spec
from shortread.spec.yaml12 import did_you_mean


def frame_is_said_once(spec: Spec) -> Iterator[Objection]:
    """A spec says its frames in one way: by a grammar, or as they were recorded."""
    known = ("frame", "phases", "directions", "frames", "turns")
    ways = [way for way in known if getattr(spec, way) is not None]
    if len(ways) != 1:
        yield Objection(
            path=(ways[1],) if ways else (),
            expected="one of frame, phases and directions, or of frames and turns that were recorded",
            found=" and ".join(ways) or "none",
            remedy="say once what a frame is",
        )


def types_exist(spec: Spec) -> Iterator[Objection]:
    """Every type that is named is there."""
    inside = [*spec.types, "nothing", *get_args(model.BinaryNumber)]
    named = [(path, frame, list(spec.types)) for path, frame in frames_of(spec) if frame not in ("none", "raw")]
    for place in places_of(spec):
        for at, _ in enumerate(place.fields):
            named += [(*reference, inside) for reference in references_of(place, at)]
    for path, reference, known in named:
        if isinstance(reference, str) and reference not in known:
            yield Objection(
                path=path,
                expected="the name of a type: " + (", ".join(known[: len(spec.types) + 1]) or "the spec has none"),
                found=f"'{reference}'",
                remedy=did_you_mean(reference, known) or "add it below types",
            )


def types_read_something(spec: Spec) -> Iterator[Objection]:
    """A type that begins with itself would never read an octet."""
    first = {name: fields[0].type for name, fields in spec.types.items() if isinstance(fields[0], model.TypeField)}
    for name in spec.types:
        seen, here = {name}, first.get(name)
        while here is not None and here not in seen:
            seen.add(here)
            here = first.get(here)
        if here == name:
            yield Objection(
                path=("types", name),
                expected="a type that reads an octet before it contains itself",
                found=f"'{name}' begins with itself",
                remedy="put the field that decides first",
            )


def phases_lead_somewhere(spec: Spec) -> Iterator[Objection]:
    """Every phase that is named is there, and every phase can be reached."""
    for path, phases in phases_of(spec):
        targets = {target for phase in phases.values() for target in phase.next}
        for name, phase in phases.items():
            for target in phase.next:
                if target not in phases:
                    yield Objection(
                        path=(*path, "phases", name, "next", target),
                        expected="a phase: " + ", ".join(phases),
                        found=f"'{target}'",
                        remedy=did_you_mean(target, phases) or "add the phase",
                    )
        for name in list(phases)[1:]:
            if name not in targets:
                yield Objection(
                    path=(*path, "phases", name),
                    expected="a phase that another one leads to",
                    found=f"'{name}', which nothing leads to",
                    remedy="name it below next, or remove it",
                )


def transitions_speak_of_fields(spec: Spec) -> Iterator[Objection]:
    """Every name in a condition of `next` is a field of the phase's frames, or of the peer."""
    for path, phases in phases_of(spec):
        for name, phase in phases.items():
            fields = spec.types.get(phase.frame, []) if isinstance(phase.frame, str) else phase.frame
            known = set(Place((), fields).names)
            for target, text in phase.next.items():
                for used in sorted(parse_expression(text).names):
                    if used not in known and not used.startswith("peer."):
                        yield Objection(
                            path=(*path, "phases", name, "next", target),
                            expected="names of fields of the frame: " + (", ".join(sorted(known)) or "it has none"),
                            found=f"'{used}'",
                            remedy=did_you_mean(used, known) or "name a field, or write `1 == 1` for always",
                        )


def peers_have_what_is_asked(spec: Spec) -> Iterator[Objection]:
    """Every `peer.NAME` is a field of the other side's frames; what no frame of its has would always be none."""
    fields: dict[tuple[Path, str], set[str]] = {}
    sides: tuple[tuple[Side, Side], ...] = (("client", "server"), ("server", "client"))
    for side, other in sides:
        known = {name for fields in _frame_fields(spec, other) for name in fields}
        for path, text in _conditions(spec, side):
            # A type may be of both sides, so it is enough that either has the field.
            fields.setdefault((path, text), set()).update(known)
    for (path, text), known in fields.items():
        for used in sorted(parse_expression(text).names):
            name = used.removeprefix("peer.")
            if name != used and name not in known:
                yield Objection(
                    path=path,
                    expected="a field of the other side: " + (", ".join(sorted(known)) or "it has none"),
                    found=f"'{used}'",
                    remedy=did_you_mean(name, known) or "name a field of its frames",
                )


def _frame_fields(spec: Spec, side: Side) -> Iterator[list[str]]:
    """The names of the fields of each kind of frame that a side sends."""
    direction = spec.direction(side)
    for frame in (direction.frame, *(phase.frame for phase in (direction.phases or {}).values())):
        if frame == "raw":
            yield ["octet"]
        fields = spec.types.get(frame, []) if isinstance(frame, str) else frame
        yield Place((), fields or []).names


def _conditions(spec: Spec, side: Side) -> Iterator[tuple[Path, str]]:
    """Every expression that is evaluated when frames of one side are parsed, with its path."""
    direction = spec.direction(side)
    root: Path = ("directions", side) if spec.directions is not None else ()
    waiting: list[tuple[Path, object]] = [((*root, "frame"), direction.frame)]
    for name, phase in (direction.phases or {}).items():
        waiting.append(((*root, "phases", name, "frame"), phase.frame))
        yield from (((*root, "phases", name, "next", target), text) for target, text in phase.next.items())
    seen: set[str] = set()
    while waiting:
        path, reference = waiting.pop()
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            path, reference = ("types", reference), spec.types.get(reference)
        if isinstance(reference, list):
            place = Place(path, reference)
            for at, field in enumerate(reference):
                yield from ((place.field_path(at, *keys), text) for keys, text in expressions_of(field))
                waiting += references_of(place, at)
