"""Specs that would take too much: rules that come before all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortread.spec.lint.place import Objection, Path, Place, frames_of, phases_of, places_of, references_of
from shortread.spec.model import Spec

_MAX_PARTS = 1000
_MAX_DEPTH = 64
_MAX_MESSAGES_BYTES = 20 << 20
_MAX_RAW_BYTES = 1 << 16


def specs_are_small(spec: Spec) -> Iterator[Objection]:
    """A spec has at most 1,000 fields, types, phases and alternatives, as what is larger takes long to check."""
    size = 0
    for path, phases in phases_of(spec):
        for name, phase in phases.items():
            size += 1 + len(phase.next)
            if size > _MAX_PARTS:
                yield _too_large((*path, "phases", name))
                return
    for place in places_of(spec):
        for at, _ in enumerate(place.fields):
            size += 1 + sum(1 for _ in references_of(place, at))
            if size > _MAX_PARTS:
                yield _too_large(place.field_path(at))
                return


def _too_large(path: Path) -> Objection:
    return Objection(
        path=path,
        expected=f"at most {_MAX_PARTS:,} fields, types, phases and alternatives in all",
        found="more",
        remedy="describe less of the protocol: what the framing does not need can be bytes",
    )


def types_are_shallow(spec: Spec) -> Iterator[Objection]:
    """Types contain each other at most 64 deep, which is as deep as frames may be."""
    for frame_path, frame in frames_of(spec):
        waiting: list[tuple[Path, object, int]] = [(frame_path, frame, 1)]
        seen: set[object] = set()
        while waiting:
            path, reference, depth = waiting.pop()
            if depth > _MAX_DEPTH:
                yield Objection(
                    path=path,
                    expected=f"types that contain each other at most {_MAX_DEPTH} deep",
                    found="one more",
                    remedy="nest less deeply",
                )
                return
            if isinstance(reference, str):
                if reference in seen:
                    continue
                seen.add(reference)
                path, reference = ("types", reference), spec.types.get(reference)
            place = Place(path, reference if isinstance(reference, list) else [])
            inner = [(*way, depth + 1) for at, _ in enumerate(place.fields) for way in references_of(place, at)]
            # The first comes next, as it does where types are made ready.
            waiting += reversed(inner)


def messages_are_small(spec: Spec) -> Iterator[Objection]:
    """What is sent has at most 20 MiB in all, and 64 KiB where each octet is a message."""
    limit = _MAX_RAW_BYTES if spec.direction("client").frame == "raw" else _MAX_MESSAGES_BYTES
    messages: list[tuple[Path, object]] = [(("messages", at), message) for at, message in enumerate(spec.messages)]
    messages += [(("exchange", at), (step.send, step.expect)) for at, step in enumerate(spec.exchange or [])]
    size = 0
    for path, message in messages:
        size += _size(message)
        if size > limit:
            yield Objection(
                path=path,
                expected=f"at most {limit:,} octets in all that is sent",
                found=f"{size:,} up to here",
                remedy="make the messages shorter",
            )
            return


def _size(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case Mapping():
            return sum(map(_size, value.values()))
        case list() | tuple():
            return sum(map(_size, value))
    return 0
