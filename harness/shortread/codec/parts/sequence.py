"""Parts in wire order, with a scope of their own: a frame, or a type inside one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shortread.codec.parts.part import Draft, Parsing, Part, Progress, Scope, UnbuildableError
from shortread.codec.requests import Code, Decode, Exactly, Peek, Until
from shortread.value import Value

MAX_DEPTH = 64
"""How deeply sequences may contain each other."""


@dataclass(frozen=True)
class Sequence:
    """What a sequence says: the values of `message_names`, or of its one value without a mapping around it."""

    parts: tuple[Part, ...]
    message_names: tuple[str, ...]

    def parse(self, progress: Progress) -> Parsing:
        """Parse all parts in a scope of their own."""
        if progress.depth >= MAX_DEPTH:
            progress.reject(Code.TOO_DEEP, progress.offset, f"more than {MAX_DEPTH} deep")
        progress.depth += 1
        scope = progress.scope = Scope(parent=progress.scope)
        values, places = scope.values, scope.places
        for part in self.parts:
            start = progress.offset
            name = part.name
            values[name] = yield from part.parse(progress)
            places[name] = (start, progress.offset)
        assert scope.parent is not None
        progress.scope = scope.parent
        progress.frame_values = scope.values
        progress.depth -= 1
        return self.value_of(scope.values)

    def value_of(self, values: Mapping[str, Value]) -> Value:
        """What the application sees of the parsed values."""
        if not self.message_names:
            return None
        if len(self.message_names) == 1:
            return values[self.message_names[0]]
        return {name: values[name] for name in self.message_names}

    def build_value(self, value: Value, parent: Draft | None = None) -> bytes:
        """The octets for what the application says. Raises UnbuildableError."""
        draft = Draft(values=self._values_of(value), parent=parent)
        # What is derived may follow from anything, so it comes last.
        for parts in ([part for part in self.parts if not part.is_derived], self.parts):
            _build_parts([part for part in parts if part.name not in draft.octets], draft)
        return b"".join(draft.octets[part.name] for part in self.parts)

    def _values_of(self, value: Value) -> dict[str, Value]:
        if not self.message_names:
            return {}
        if len(self.message_names) == 1:
            return {self.message_names[0]: value}
        if not isinstance(value, Mapping) or set(value) != set(self.message_names):
            expected = "a mapping of " + ", ".join(self.message_names)
            raise UnbuildableError(field="message", expected=expected, found=repr(value)[:80])
        return dict(value)


def _build_parts(parts: list[Part], draft: Draft) -> None:
    """Build parts in whatever order they can be built. Raises UnbuildableError where one never can."""
    while parts:
        waiting: list[Part] = []
        for part in parts:
            try:
                octets = part.build(draft)
            except KeyError:
                waiting.append(part)
                continue
            draft.octets[part.name] = octets
            draft.note_size(part.name, len(octets))
        if len(waiting) == len(parts):
            names = ", ".join(part.name for part in waiting)
            raise UnbuildableError(field=waiting[0].name, expected="a value", found=f"none for {names}")
        parts = waiting


@dataclass(frozen=True)
class TypedPart:
    """A field of a named type."""

    name: str
    sequence: Sequence
    is_derived = False

    def parse(self, progress: Progress) -> Parsing:
        """Parse the type."""
        return (yield from self.sequence.parse(progress))

    def build(self, draft: Draft) -> bytes:
        """Build the type."""
        return self.sequence.build_value(draft.values[self.name], draft)


def parse_all(sequence: Sequence, octets: bytes, outer: Progress) -> tuple[Value, int]:
    """Parse octets that are all there: the value, and how many octets it took.

    Raises FramingError, with offsets counted from the start of the octets.
    """
    progress = Progress(scope=Scope(parent=outer.scope), peer=outer.peer, depth=outer.depth, wire=bytearray())
    parsing = sequence.parse(progress)
    at = 0
    try:
        request = next(parsing)
        while True:
            if isinstance(request, Decode):
                try:
                    request = parsing.send(request.octets.decode(request.charset))
                except UnicodeError:
                    request = parsing.send(None)
                continue
            if isinstance(request, Peek):
                if at == len(octets):
                    progress.reject(Code.REGION_OVERRUN, at)
                request = parsing.send(octets[at : at + 1])
                continue
            if isinstance(request, Exactly):
                end = at + request.count
            elif isinstance(request, Until):
                starts = [place for one in request.delimiters if (place := octets.find(one, at)) >= 0]
                end = min(starts, default=len(octets) + (0 if request.or_end else 1))
            else:
                end = len(octets)
            if end > len(octets):
                progress.reject(Code.REGION_OVERRUN, len(octets))
            at, piece = end, octets[at:end]
            request = parsing.send(piece)
    except StopIteration as finished:
        return finished.value, at
