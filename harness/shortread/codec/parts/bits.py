"""Fields smaller than an octet, packed with the most significant first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortread.codec.parts.part import Draft, Parsing, Progress, UnbuildableError
from shortread.codec.requests import Code, Exactly
from shortread.stream import Role


@dataclass(frozen=True, slots=True)
class Bits:
    """Named fields of so many bits each; `fixed` are those that must have one value."""

    name: str
    widths: Mapping[str, int] = field(hash=False)
    fixed: Mapping[str, int] = field(hash=False)

    @property
    def size(self) -> int:
        """How many octets they take."""
        return sum(self.widths.values()) // 8

    @property
    def is_derived(self) -> bool:
        """The names have values, the whole has none."""
        return True

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the octets and take them apart."""
        octets = yield Exactly(self.size)
        assert isinstance(octets, bytes)
        rest, shift = int.from_bytes(octets, "big"), self.size * 8
        place = (progress.offset, progress.offset + self.size)
        for name, width in self.widths.items():
            shift -= width
            value = rest >> shift & (1 << width) - 1
            if self.fixed.get(name, value) != value:
                wrong_at = progress.offset + (self.size * 8 - shift - 1) // 8
                progress.reject(Code.OUT_OF_RANGE, wrong_at, f"{name} is {value}, not {self.fixed[name]}")
            progress.scope.values[name] = value
            progress.scope.places[name] = place
        progress.mark(self.name, Role.NUMBER, octets)
        return None

    def build(self, draft: Draft) -> bytes:
        """Put the values together."""
        whole = 0
        for name, width in self.widths.items():
            value = self.fixed[name] if name in self.fixed else draft.values[name]
            if not isinstance(value, int) or not 0 <= value < 1 << width:
                raise UnbuildableError(field=name, expected=f"a number of {width} bits", found=repr(value))
            whole = whole << width | value
        return whole.to_bytes(self.size, "big")
