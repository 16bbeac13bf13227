"""Numbers, and what a number says about the size of other parts."""

from __future__ import annotations

from dataclasses import dataclass

from shortread.codec.numbers import Binary, Digits
from shortread.codec.parts.part import Parsing, Progress, UnbuildableError
from shortread.codec.requests import Code, Exactly, Until, Violation
from shortread.stream import Role, Value


@dataclass(frozen=True, slots=True)
class NumberLimits:
    """The smallest and the largest value, and the codes for one outside."""

    min: int
    max: int
    below: Code
    above: Code

    def check(self, progress: Progress, start: int, number: int) -> None:
        """Reject a number outside the limits, at the offset where it is written."""
        if not self.min <= number <= self.max:
            code = self.below if number < self.min else self.above
            progress.reject(code, start, f"{number} is not in {self.min}..{self.max}")


@dataclass(frozen=True, slots=True)
class BinaryNumber:
    """A number of fixed size. `counts` names the fields whose octets it counts, itself perhaps among them."""

    name: str
    role: Role
    codec: Binary
    limits: NumberLimits
    counts: tuple[str, ...]

    @property
    def fixed_size(self) -> int:
        """Binary numbers have a fixed size."""
        return self.codec.size

    def parse(self, progress: Progress) -> Parsing:
        """Ask for its octets and check the limits."""
        octets = yield Exactly(self.codec.size)
        assert isinstance(octets, bytes)
        number = self.codec.read(octets)
        self.limits.check(progress, progress.offset, number)
        progress.values[self.name] = number
        progress.sizes[self.name] = self.codec.size
        progress.mark(self.name, self.role, self.codec.size)

    def build(self, value: Value) -> bytes:
        """The octets of a number within the limits."""
        return self.codec.write(_within_limits(self.name, self.limits, value))


@dataclass(frozen=True, slots=True)
class DigitsNumber:
    """A number in digits, of a fixed width or up to the delimiter that follows."""

    name: str
    role: Role
    codec: Digits
    limits: NumberLimits
    counts: tuple[str, ...]
    delimiter: bytes

    @property
    def fixed_size(self) -> int | None:
        """Fixed only where the width is."""
        return self.codec.width

    def refuse(self, octets: bytes) -> Violation | None:
        """What is wrong with the digits so far, not counting what may be the beginning of the delimiter."""
        for size in range(min(len(self.delimiter) - 1, len(octets)), 0, -1):
            if octets.endswith(self.delimiter[:size]):
                octets = octets[:-size]
                break
        return self.codec.refuse(octets)

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the digits, refuse the first wrong one, check the limits."""
        if self.codec.width is None:
            digits = yield Until(self.delimiter, self.codec.max_digits, self.refuse)
        else:
            digits = yield Exactly(self.codec.width, self.codec.refuse)
        assert isinstance(digits, bytes)
        violation = self.codec.refuse(digits)
        if violation is not None:
            progress.reject_refused(violation)
        if not digits:
            progress.reject(Code.NO_DIGITS, progress.offset)
        number = self.codec.read(digits)
        self.limits.check(progress, progress.offset, number)
        progress.values[self.name] = number
        progress.sizes[self.name] = len(digits)
        progress.mark(self.name, self.role, len(digits))

    def build(self, value: Value) -> bytes:
        """The digits of a number within the limits."""
        return self.codec.write(_within_limits(self.name, self.limits, value))


Number = BinaryNumber | DigitsNumber


def _within_limits(name: str, limits: NumberLimits, value: Value) -> int:
    if not isinstance(value, int) or not limits.min <= value <= limits.max:
        raise UnbuildableError(field=name, expected=f"a number in {limits.min}..{limits.max}", found=repr(value))
    return value
