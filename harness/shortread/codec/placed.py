"""Where the parts of a frame lie, those inside of types too: a frame that parses, followed along its grammar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shortread.codec.parts.choice import Choice, ConditionalChoice, PeekedChoice
from shortread.codec.parts.content import Content
from shortread.codec.parts.part import Draft, Parsing, Part, Progress, Scope
from shortread.codec.parts.repeat import Repeat
from shortread.codec.parts.sequence import Sequence as PartSequence
from shortread.codec.parts.sequence import TypedPart, parse_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A part, its octets `start` to `end` in the frame, and all parts of its sequence.

    `region` is the content that is parsed again in which it lies; None where it lies in the frame itself.
    """

    part: Part
    start: int
    end: int
    beside: tuple[Part, ...]
    region: Placed | None = None


def placed_parts(sequence: PartSequence, wire: bytes) -> tuple[Placed, ...]:
    """Every part of a frame that is no sequence, and every choice by the next octet, inner sequences first.

    What transforms turned into other octets is not looked into, as nothing there has a place in the frame.
    """
    return tuple(_placed(sequence, wire, Progress(), None))


def _placed(sequence: PartSequence, wire: bytes, around: Progress, region: Placed | None) -> Iterator[Placed]:
    notes: list[_Note] = []
    parse_all(_Noting(notes).sequence(sequence), wire, around)
    base = region.start if region is not None else 0
    for note in notes:
        for part in note.parts:
            start, end = note.scope.places[part.name]
            if isinstance(part, TypedPart | Choice | ConditionalChoice | Repeat):
                continue
            here = Placed(part=part, start=base + start, end=base + end, beside=note.parts, region=region)
            yield here
            if isinstance(part, Content) and part.inner is not None and not part.transforms:
                yield from _placed(part.inner, wire[start:end], Progress(scope=note.scope), here)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """A sequence that was parsed: its parts, and where they lie."""

    parts: tuple[Part, ...]
    scope: Scope


@dataclass(frozen=True)
class _Probe:
    """A part without octets at the end of a sequence, which notes where those before it lie."""

    parts: tuple[Part, ...]
    notes: list[_Note] = field(hash=False)
    name = ""
    is_derived = True

    def parse(self, progress: Progress) -> Parsing:
        """Ask for nothing, and note the places."""
        self.notes.append(_Note(parts=self.parts, scope=progress.scope))
        return None
        yield  # it is a generator that asks for nothing

    def build(self, draft: Draft) -> bytes:  # noqa: ARG002 - no octets
        """Nothing."""
        return b""


class _Noting:
    """Makes copies of sequences that end in probes; one that contains itself is copied once."""

    def __init__(self, notes: list[_Note]) -> None:
        self._notes = notes
        self._copies: dict[int, PartSequence] = {}

    def sequence(self, original: PartSequence) -> PartSequence:
        if id(original) not in self._copies:
            copy = self._copies[id(original)] = PartSequence((), original.message_names)
            probe = _Probe(original.parts, self._notes)
            object.__setattr__(copy, "parts", (*map(self._part, original.parts), probe))
        return self._copies[id(original)]

    def _maybe(self, original: PartSequence | None) -> PartSequence | None:
        return None if original is None else self.sequence(original)

    def _part(self, part: Part) -> Part:
        match part:
            case TypedPart():
                return replace(part, sequence=self.sequence(part.sequence))
            case Choice() | PeekedChoice():
                cases = {tag: self.sequence(case) for tag, case in part.cases.items()}
                return replace(part, cases=cases, otherwise=self._maybe(part.otherwise))
            case ConditionalChoice():
                conditions = tuple((condition, self.sequence(case)) for condition, case in part.cases)
                return replace(part, cases=conditions, otherwise=self._maybe(part.otherwise))
            case Repeat():
                return replace(part, item=self.sequence(part.item))
        return part
