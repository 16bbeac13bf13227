"""How numbers are written: in binary of a fixed width, or in ASCII digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shortread.codec.requests import Code, Violation

_BINARY_NAME = re.compile(r"([ui])(\d+)(be|le)?")
_DIGITS = {
    "digits": (10, b"0123456789"),
    "hex-digits": (16, b"0123456789abcdefABCDEF"),
    "octal-digits": (8, b"01234567"),
}


@dataclass(frozen=True, slots=True)
class Binary:
    """A number of `size` octets."""

    size: int
    byteorder: Literal["big", "little"]
    is_signed: bool

    @classmethod
    def named(cls, name: str) -> Binary | None:
        """The codec for a name such as `u16be`; None when the name is of another kind."""
        match = _BINARY_NAME.fullmatch(name)
        if match is None:
            return None
        return cls(int(match[2]) // 8, "little" if match[3] == "le" else "big", match[1] == "i")

    @property
    def smallest(self) -> int:
        """The smallest number that can be written."""
        return -(1 << 8 * self.size - 1) if self.is_signed else 0

    @property
    def largest(self) -> int:
        """The largest number that can be written."""
        return (1 << 8 * self.size - self.is_signed) - 1

    def read(self, octets: bytes) -> int:
        """The number that `size` octets say."""
        return int.from_bytes(octets, self.byteorder, signed=self.is_signed)

    def write(self, number: int) -> bytes:
        """The octets of a number between `smallest` and `largest`."""
        return number.to_bytes(self.size, self.byteorder, signed=self.is_signed)


@dataclass(frozen=True, slots=True)
class Digits:
    """A number in ASCII digits: exactly `width` of them, or up to `max_digits` before a delimiter.

    Strict: no space, no underscore, no digit outside ASCII; a minus sign only where `allows_sign`.
    """

    base: int
    alphabet: bytes
    max_digits: int
    width: int | None
    allows_leading_zeros: bool
    allows_sign: bool = False

    @classmethod
    def named(
        cls, name: str, *, max_digits: int, width: int | None, allows_leading_zeros: bool, allows_sign: bool = False
    ) -> Digits:
        """The codec for `digits`, `hex-digits` or `octal-digits`."""
        base, alphabet = _DIGITS[name]
        return cls(base, alphabet, max_digits, width, allows_leading_zeros or width is not None, allows_sign)

    @property
    def smallest(self) -> int:
        """The smallest number that can be written."""
        return -self.largest if self.allows_sign else 0

    @property
    def largest(self) -> int:
        """The largest number that can be written."""
        return int(self.base ** (self.width or self.max_digits)) - 1

    def refuse(self, octets: bytes) -> Violation | None:
        """What is wrong with the digits so far; the earliest octet that shows it decides."""
        sign = 1 if self.allows_sign and octets[:1] == b"-" else 0
        for at, octet in enumerate(octets[sign:]):
            if octet not in self.alphabet:
                return Violation(Code.NON_DIGIT_LENGTH, sign + at, f"found {bytes([octet])!r}")
            if at == self.max_digits:
                return Violation(Code.TOO_MANY_DIGITS, sign + at, f"more than {self.max_digits}")
            if at == 1 and octets[sign] == ord("0") and not self.allows_leading_zeros:
                return Violation(Code.LEADING_ZERO, sign)
        return None

    def read(self, octets: bytes) -> int:
        """The number that digits say which `refuse` does not object to."""
        return int(octets, self.base)

    def write(self, number: int) -> bytes:
        """The digits of a number within the limits, without needless zeros unless the width is fixed."""
        text = {8: f"{number:o}", 10: f"{number:d}", 16: f"{number:x}"}[self.base]
        return text.rjust(self.width or 0, "0").encode("ascii")


@dataclass(frozen=True, slots=True)
class Leb128:
    """Seven bits an octet, the least significant first; the top bit says that another octet follows."""

    max_bytes: int
    is_minimal: bool

    smallest = 0

    @property
    def largest(self) -> int:
        """The largest number that can be written."""
        return (1 << 7 * self.max_bytes) - 1

    def is_complete(self, octets: bytes) -> bool:
        """Whether the last octet has come."""
        return bool(octets) and octets[-1] < 0x80

    def refuse(self, octets: bytes) -> Violation | None:
        """An octet that continues past the last allowed one, or a needless last octet of zero."""
        if len(octets) == self.max_bytes and octets[-1] >= 0x80:
            return Violation(Code.VARINT_TOO_LONG, self.max_bytes - 1, f"more than {self.max_bytes} octets")
        if self.is_minimal and len(octets) > 1 and octets[-1] == 0:
            return Violation(Code.OVERLONG, len(octets) - 1, "a last octet of zero")
        return None

    def read(self, octets: bytes) -> int:
        """The number that complete octets say."""
        return sum((octet & 0x7F) << 7 * at for at, octet in enumerate(octets))

    def write(self, number: int) -> bytes:
        """The shortest octets of a number."""
        octets = bytearray()
        while number >= 0x80:
            octets.append(number & 0x7F | 0x80)
            number >>= 7
        return bytes([*octets, number])


@dataclass(frozen=True, slots=True)
class BerLength:
    """The definite lengths of ITU-T X.690, 8.1.3: one octet below 128, or a count of octets and the octets."""

    max_bytes: int
    is_minimal: bool

    smallest = 0

    @property
    def largest(self) -> int:
        """The largest number that can be written."""
        return (1 << 8 * (self.max_bytes - 1)) - 1

    def is_complete(self, octets: bytes) -> bool:
        """Whether the last octet has come."""
        return bool(octets) and (octets[0] < 0x80 or len(octets) == 1 + (octets[0] & 0x7F))

    def refuse(self, octets: bytes) -> Violation | None:
        """The indefinite form, too many octets, or a needless one where the shortest form is demanded."""
        if octets[:1] == b"\x80":
            return Violation(Code.OUT_OF_RANGE, 0, "the indefinite form")
        if octets and octets[0] > 0x80 + self.max_bytes - 1:
            return Violation(Code.VARINT_TOO_LONG, 0, f"more than {self.max_bytes} octets")
        if self.is_minimal and octets and self.is_complete(octets) and self.write(self.read(octets)) != octets:
            return Violation(Code.OVERLONG, 0, "a longer form than needed")
        return None

    def read(self, octets: bytes) -> int:
        """The number that complete octets say."""
        return octets[0] if octets[0] < 0x80 else int.from_bytes(octets[1:], "big")

    def write(self, number: int) -> bytes:
        """The shortest octets of a number."""
        if number < 0x80:
            return bytes([number])
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return bytes([0x80 | len(octets)]) + octets


VariableLength = Leb128 | BerLength
