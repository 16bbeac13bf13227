"""Octets that are always the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from shortread.codec.parts.part import Draft, Parsing, Progress
from shortread.codec.requests import Code, Exactly, Violation
from shortread.stream import Role


@dataclass(frozen=True, slots=True)
class Const:
    """A constant; `role` tells what ends another part (a delimiter) from the rest."""

    name: str
    role: Role
    octets: bytes
    _request: Exactly = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The same every time, and constants are what most frames have most of.
        object.__setattr__(self, "_request", Exactly(len(self.octets), self.refuse))

    @property
    def is_derived(self) -> bool:
        """It has no value."""
        return True

    def refuse(self, octets: bytes) -> Violation | None:
        """The first octet that differs."""
        for at, (expected, found) in enumerate(zip(self.octets, octets, strict=False)):
            if expected != found:
                return Violation(Code.CONST_MISMATCH, at, f"expected {self.octets!r}")
        return None

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the octets, and stop at the first wrong one."""
        octets = yield self._request
        assert isinstance(octets, bytes)
        if octets != self.octets:
            violation = self.refuse(octets)
            assert violation is not None
            progress.reject_refused(violation)
        progress.mark(self.name, self.role, octets)
        return None

    def build(self, draft: Draft) -> bytes:  # noqa: ARG002 - a constant has no value
        """The octets, whatever the message."""
        return self.octets


@dataclass(frozen=True, slots=True)
class Delimiter:
    """One of several delimiters, of which the first is sent; where `or_end`, the end of the stream serves too."""

    name: str
    delimiters: tuple[bytes, ...]
    or_end: bool

    @property
    def is_derived(self) -> bool:
        """It has no value."""
        return True

    def parse(self, progress: Progress) -> Parsing:
        """Ask for octets until they are one of the delimiters; the content before it has found that they are."""
        octets = yield Exactly(min(map(len, self.delimiters)), None, self.or_end)
        assert isinstance(octets, bytes)
        while octets and octets not in self.delimiters:
            more = yield Exactly(1)
            assert isinstance(more, bytes)
            octets += more
        progress.mark(self.name, Role.DELIMITER, octets)
        return None

    def build(self, draft: Draft) -> bytes:  # noqa: ARG002 - it has no value
        """The delimiter to send."""
        return self.delimiters[0]
