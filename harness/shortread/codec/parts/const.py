"""Octets that are always the same."""

from __future__ import annotations

from dataclasses import dataclass

from shortread.codec.parts.part import Parsing, Progress
from shortread.codec.requests import Code, Exactly, Violation
from shortread.stream import Role, Value


@dataclass(frozen=True, slots=True)
class Const:
    """A constant; `role` tells what ends another part (a delimiter) from the rest."""

    name: str
    role: Role
    octets: bytes

    @property
    def fixed_size(self) -> int:
        """Its octets are always the same."""
        return len(self.octets)

    def refuse(self, octets: bytes) -> Violation | None:
        """The first octet that differs."""
        for at, (expected, found) in enumerate(zip(self.octets, octets, strict=False)):
            if expected != found:
                return Violation(Code.CONST_MISMATCH, at, f"expected {self.octets!r}")
        return None

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the octets, and stop at the first wrong one."""
        octets = yield Exactly(len(self.octets), self.refuse)
        if octets != self.octets:
            assert isinstance(octets, bytes)
            violation = self.refuse(octets)
            assert violation is not None
            progress.reject_refused(violation)
        progress.mark(self.name, self.role, len(self.octets))

    def build(self, value: Value) -> bytes:  # noqa: ARG002 - a constant has no value
        """The octets, whatever the message."""
        return self.octets
