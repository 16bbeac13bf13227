"""Numbers, and what a number says about the size of other parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortread.codec.numbers import Binary, Digits, VariableLength
from shortread.codec.parts.part import Draft, Parsing, Progress, UnbuildableError
from shortread.codec.requests import Code, Exactly, Until, Violation
from shortread.stream import Role
from shortread.value import Value


@dataclass(frozen=True, slots=True)
class NumberLimits:
    """The smallest and the largest value, and the codes for one outside; `absent` is allowed beside them."""

    min: int
    max: int
    below: Code
    above: Code
    absent: int | None = None
    one_of: frozenset[int] | None = None

    def check(self, progress: Progress, start: int, number: int) -> None:
        """Reject a number outside the limits, at the offset where it is written."""
        if number == self.absent:
            return
        if not self.min <= number <= self.max:
            code = self.below if number < self.min else self.above
            progress.reject(code, start, f"{number} is not in {self.min}..{self.max}")
        if self.one_of is not None and number not in self.one_of:
            progress.reject(Code.UNKNOWN_TAG, start, f"{number} is not one of {sorted(self.one_of)}")

    def allow(self, name: str, value: Value) -> int:
        """The value, when it is a number within the limits. Raises UnbuildableError."""
        is_allowed = isinstance(value, int) and (self.min <= value <= self.max or value == self.absent)
        if not is_allowed or (self.one_of is not None and value not in self.one_of):
            raise UnbuildableError(field=name, expected=f"a number in {self.min}..{self.max}", found=repr(value))
        assert isinstance(value, int)
        return value


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a number says of other fields: the fields whose octets it counts, or the field whose items it counts."""

    counts: tuple[str, ...] = ()
    count_of: str | None = None
    absent: int | None = None

    @property
    def is_derived(self) -> bool:
        """Whether the number follows from other fields."""
        return bool(self.counts) or self.count_of is not None

    def value(self, name: str, draft: Draft, own_bytes: int) -> int:
        """The number for what has been built. Raises KeyError while a field is missing."""
        if self.count_of is not None:
            return draft.counts[self.count_of]
        if self.absent is not None and not any(counted in draft.sizes for counted in self.counts):
            return self.absent
        return sum(own_bytes if counted == name else draft.sizes[counted] for counted in self.counts)


@dataclass(frozen=True, slots=True)
class BinaryNumber:
    """A number of fixed size."""

    name: str
    role: Role
    codec: Binary
    limits: NumberLimits
    meaning: Meaning

    @property
    def is_derived(self) -> bool:
        """Whether it counts something."""
        return self.meaning.is_derived

    def parse(self, progress: Progress) -> Parsing:
        """Ask for its octets and check the limits."""
        octets = yield Exactly(self.codec.size)
        assert isinstance(octets, bytes)
        number = self.codec.read(octets)
        self.limits.check(progress, progress.offset, number)
        progress.mark(self.name, self.role, octets)
        return number

    def build(self, draft: Draft) -> bytes:
        """The octets of the given or derived number."""
        value: Value
        if self.is_derived:
            value = self.meaning.value(self.name, draft, self.codec.size)
            draft.values[self.name] = value
        else:
            value = draft.values[self.name]
        return self.codec.write(self.limits.allow(self.name, value))


@dataclass(frozen=True, slots=True)
class DigitsNumber:
    """A number in digits, of a fixed width or up to the delimiter that follows."""

    name: str
    role: Role
    codec: Digits
    limits: NumberLimits
    meaning: Meaning
    delimiter: bytes

    @property
    def is_derived(self) -> bool:
        """Whether it counts something."""
        return self.meaning.is_derived

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
            digits = yield Until((self.delimiter,), self.codec.max_digits, self.refuse)
        else:
            digits = yield Exactly(self.codec.width, self.codec.refuse)
        assert isinstance(digits, bytes)
        violation = self.codec.refuse(digits)
        if violation is not None:
            progress.reject_refused(violation)
        if digits in (b"", b"-"):
            progress.reject(Code.NO_DIGITS, progress.offset)
        number = self.codec.read(digits)
        self.limits.check(progress, progress.offset, number)
        progress.mark(self.name, self.role, digits)
        return number

    def build(self, draft: Draft) -> bytes:
        """The digits of the given or derived number; one that counts its own digits is found by trying sizes."""
        if not self.is_derived:
            return self._write(draft.values[self.name])
        own_bytes = self.codec.width or 1
        while True:
            number = self.meaning.value(self.name, draft, own_bytes)
            piece = self._write(number)
            if self.name not in self.meaning.counts or len(piece) == own_bytes:
                draft.values[self.name] = number
                return piece
            own_bytes = len(piece)

    def _write(self, value: Value) -> bytes:
        return self.codec.write(self.limits.allow(self.name, value))


@dataclass(frozen=True, slots=True)
class VariableNumber:
    """A number whose own octets say how many they are."""

    name: str
    role: Role
    codec: VariableLength
    limits: NumberLimits
    meaning: Meaning

    @property
    def is_derived(self) -> bool:
        """Whether it counts something."""
        return self.meaning.is_derived

    def parse(self, progress: Progress) -> Parsing:
        """Ask for one octet after the other until the number is complete."""
        octets = b""
        while (violation := self.codec.refuse(octets)) is None and not self.codec.is_complete(octets):
            octet = yield Exactly(1)
            assert isinstance(octet, bytes)
            octets += octet
        if violation is not None:
            progress.reject_refused(violation)
        number = self.codec.read(octets)
        self.limits.check(progress, progress.offset, number)
        progress.mark(self.name, self.role, octets)
        return number

    def build(self, draft: Draft) -> bytes:
        """The shortest octets of the given or derived number."""
        value = self.meaning.value(self.name, draft, 0) if self.is_derived else draft.values[self.name]
        draft.values[self.name] = value
        return self.codec.write(self.limits.allow(self.name, value))


@dataclass(frozen=True, slots=True)
class LadderNumber:
    """The number of an earlier field where that is small; a wider field follows where it is one of the rungs."""

    name: str
    role: Role
    small: str
    rungs: Mapping[int, Binary] = field(hash=False)
    is_minimal: bool
    limits: NumberLimits
    meaning: Meaning

    @property
    def is_derived(self) -> bool:
        """Whether it counts something."""
        return self.meaning.is_derived

    def parse(self, progress: Progress) -> Parsing:
        """Look at the small number, and ask for the wider one where it says so."""
        small = progress.scope.lookup(self.small)
        assert isinstance(small, int)
        start, _ = progress.scope.place(self.small)
        number, octets = small, b""
        if small in self.rungs:
            codec = self.rungs[small]
            answer = yield Exactly(codec.size)
            assert isinstance(answer, bytes)
            octets, number = answer, codec.read(answer)
            if self.is_minimal and self._rung_for(number) != small:
                progress.reject(Code.OVERLONG, progress.offset, f"{number} has a shorter form")
            start = progress.offset
        self.limits.check(progress, start, number)
        progress.mark(self.name, self.role, octets)
        return number

    def build(self, draft: Draft) -> bytes:
        """The wider octets, if any; the small field gets its value."""
        value = self.meaning.value(self.name, draft, 0) if self.is_derived else draft.values[self.name]
        number = self.limits.allow(self.name, value)
        rung = self._rung_for(number)
        draft.values[self.name] = number
        draft.values[self.small] = number if rung is None else rung
        return b"" if rung is None else self.rungs[rung].write(number)

    def _rung_for(self, number: int) -> int | None:
        """The smallest rung that can hold the number; None where the small field can."""
        if number < min(self.rungs):
            return None
        return next((rung for rung in sorted(self.rungs) if number <= self.rungs[rung].largest), max(self.rungs))


Number = BinaryNumber | DigitsNumber | VariableNumber | LadderNumber
