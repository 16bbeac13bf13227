"""What every kind of part can do, and what a frame knows while it is being parsed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, TypeAlias

from shortread.codec.receive import FramingError
from shortread.codec.requests import Answer, Code, Request, Violation
from shortread.stream import Role, Span, Value

Parsing: TypeAlias = Generator[Request, Answer, None]
"""Parses one part: asks for octets, and writes what it found into the progress that it was given."""


@dataclass(slots=True)
class Progress:
    """What is known of a frame so far; offsets count from its start."""

    offset: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)

    def mark(self, name: str, role: Role, size: int) -> None:
        """Note that the next `size` octets are the named field, and go on behind them."""
        end = self.offset + size
        self.spans.append(Span(name=name, role=role, start=self.offset, end=end))
        self.offset = end

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


class Part(Protocol):
    """One field, ready to be parsed and built."""

    @property
    def name(self) -> str:
        """Unique among the parts of a frame."""
        ...

    @property
    def role(self) -> Role:
        """What its octets are for."""
        ...

    @property
    def fixed_size(self) -> int | None:
        """How many octets it always has; None when that depends on the message."""
        ...

    def parse(self, progress: Progress) -> Parsing:
        """Parse it from where `progress` stands."""
        ...

    def build(self, value: Value) -> bytes:
        """The octets for a value. Raises UnbuildableError when there are none."""
        ...
