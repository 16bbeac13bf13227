"""What every kind of part can do, and what a frame knows while it is being parsed or built."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, TypeAlias

from shortread.codec.receive import FramingError
from shortread.codec.requests import Answer, Code, Request, Violation
from shortread.stream import Role, Span
from shortread.value import Value

Parsing: TypeAlias = Generator[Request, Answer, Value]
"""Parses one part: asks for octets, and returns the value that they say."""


_UNLIMITED = 1 << 62


@dataclass(slots=True)
class Scope:
    """The fields of one sequence: their values, and where they lie in the frame."""

    parent: Scope | None = None
    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def lookup(self, name: str) -> Value:
        """The value of a field here or in an enclosing sequence. Raises KeyError."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.parent
        raise KeyError(name)

    def place(self, name: str) -> tuple[int, int]:
        """Where a field lies, here or in an enclosing sequence. Raises KeyError."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.places:
                return scope.places[name]
            scope = scope.parent
        raise KeyError(name)


@dataclass(slots=True)
class Progress:
    """What is known of a frame that is being parsed; offsets count from its start.

    `peer` is what expressions call `peer.NAME`: the fields of what the other side said last. `wire` holds the
    frame's octets so far, where a checksum needs them; `frame_values` the fields of the frame itself, once it is
    finished. A frame has at most `max_bytes` octets.
    """

    offset: int = 0
    scope: Scope = field(default_factory=Scope)
    spans: list[Span] = field(default_factory=list)
    wire: bytearray | None = None
    max_bytes: int = _UNLIMITED
    peer: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0
    frame_values: Mapping[str, Value] = field(default_factory=dict)

    def mark(self, name: str, role: Role, octets: bytes) -> None:
        """Note that the octets are the named field, and go on behind them."""
        end = self.offset + len(octets)
        self.spans.append(Span(name, role, self.offset, end))
        self.offset = end
        if end > self.max_bytes:
            self.reject(Code.TOO_LONG, self.max_bytes, f"a frame of more than {self.max_bytes} octets")
        if self.wire is not None:
            self.wire += octets

    def lookup(self, name: str) -> Any:
        """The value of a name in an expression. Raises KeyError."""
        if name.startswith("peer."):
            return self.peer.get(name.removeprefix("peer."))
        return self.scope.lookup(name)

    def reject(self, code: Code, offset: int, detail: str = "") -> NoReturn:
        """End the frame: it breaks the framing at `offset`."""
        raise FramingError(Violation(code, offset, detail))

    def reject_refused(self, violation: Violation) -> NoReturn:
        """The same for what a refusal found in the field that starts here."""
        self.reject(violation.code, self.offset + violation.offset, violation.detail)


class UnbuildableError(ValueError):
    """A message that has no frame: the field, what was expected of it and what was found."""

    def __init__(self, *, field: str, expected: str, found: str) -> None:
        super().__init__(f"{field}: expected {expected}, found {found}")
        self.field, self.expected, self.found = field, expected, found


class TooManyAttemptsError(Exception):
    """A message fits so many alternatives so nearly that trying them all could take for ever."""


MAX_FAILED_ATTEMPTS = 10_000


@dataclass(slots=True)
class Draft:
    """What is known of a sequence that is being built. Sizes and item counts of inner sequences are seen outside.

    `values` are given by the message or were derived; `octets` are the parts that are built.
    """

    values: dict[str, Value]
    parent: Draft | None = None
    octets: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    failed_attempts: int = 0

    def lookup(self, name: str) -> Value:
        """A value here or in an enclosing sequence, or of the peer: None where it is not known. Raises KeyError."""
        if name in self.values:
            return self.values[name]
        if self.parent is None:
            if name.startswith("peer."):
                return None
            raise KeyError(name)
        return self.parent.lookup(name)

    def note_failed_attempt(self) -> None:
        """Make known in the whole frame that an alternative did not fit. Raises TooManyAttemptsError."""
        draft = self
        while draft.parent is not None:
            draft = draft.parent
        draft.failed_attempts += 1
        if draft.failed_attempts > MAX_FAILED_ATTEMPTS:
            raise TooManyAttemptsError

    def note_size(self, name: str, size: int) -> None:
        """Make the size of a field known here and outside."""
        draft: Draft | None = self
        while draft is not None:
            draft.sizes[name] = size
            draft = draft.parent

    def note_count(self, name: str, count: int) -> None:
        """Make the number of items known here and outside."""
        draft: Draft | None = self
        while draft is not None:
            draft.counts[name] = count
            draft = draft.parent


class Part(Protocol):
    """One field, ready to be parsed and built."""

    @property
    def name(self) -> str:
        """Unique among the parts of a sequence."""
        ...

    @property
    def is_derived(self) -> bool:
        """Whether its value follows from other parts, so that no message has to give it."""
        ...

    def parse(self, progress: Progress) -> Parsing:
        """Parse it from where `progress` stands."""
        ...

    def build(self, draft: Draft) -> bytes:
        """Its octets. Raises UnbuildableError, and KeyError while something that it needs is not built yet."""
        ...
