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

    Strict: no sign, no space, no underscore, no digit outside ASCII.
    """

    base: int
    alphabet: bytes
    max_digits: int
    width: int | None
    allows_leading_zeros: bool

    @classmethod
    def named(cls, name: str, *, max_digits: int, width: int | None, allows_leading_zeros: bool) -> Digits:
        """The codec for `digits`, `hex-digits` or `octal-digits`."""
        base, alphabet = _DIGITS[name]
        return cls(base, alphabet, max_digits, width, allows_leading_zeros or width is not None)

    @property
    def smallest(self) -> int:
        """The smallest number that can be written."""
        return 0

    @property
    def largest(self) -> int:
        """The largest number that can be written."""
        return int(self.base ** (self.width or self.max_digits)) - 1

    def refuse(self, octets: bytes) -> Violation | None:
        """What is wrong with the digits so far; the earliest octet that shows it decides."""
        for at, octet in enumerate(octets):
            if octet not in self.alphabet:
                return Violation(Code.NON_DIGIT_LENGTH, at, f"found {bytes([octet])!r}")
            if at == self.max_digits:
                return Violation(Code.TOO_MANY_DIGITS, at, f"more than {self.max_digits}")
            if at == 1 and octets[:1] == b"0" and not self.allows_leading_zeros:
                return Violation(Code.LEADING_ZERO, 0)
        return None

    def read(self, octets: bytes) -> int:
        """The number that digits say which `refuse` does not object to."""
        return int(octets, self.base)

    def write(self, number: int) -> bytes:
        """The digits of a number between 0 and `largest`, without needless zeros unless the width is fixed."""
        text = {8: f"{number:o}", 10: f"{number:d}", 16: f"{number:x}"}[self.base]
        return text.rjust(self.width or 0, "0").encode("ascii")
