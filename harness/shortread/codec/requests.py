"""What a parser asks of the receive loop that drives it, and what it says about octets that break the framing.

A parser is a generator: it yields requests and is sent the answers. It never sees a socket, a segment or a buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Code(StrEnum):
    """Why octets are no frame. Stable: scripts and fixtures name them."""

    NON_DIGIT_LENGTH = "non_digit_length"
    NO_DIGITS = "no_digits"
    LEADING_ZERO = "leading_zero"
    TOO_MANY_DIGITS = "too_many_digits"
    OVERSIZE = "oversize"
    LENGTH_UNDERFLOW = "length_underflow"
    OUT_OF_RANGE = "out_of_range"
    CONST_MISMATCH = "const_mismatch"
    TOO_LONG = "too_long"
    BAD_CHARSET = "bad_charset"
    EOF_INSIDE = "eof_inside"


@dataclass(frozen=True, slots=True)
class Violation:
    """The first place at which octets break the framing.

    `offset` counts from the start of whatever was being looked at: of the stream, when a receiver gives it.
    """

    code: Code
    offset: int
    detail: str = ""


Refusal: TypeAlias = Callable[[bytes], Violation | None]
"""Finds what is wrong with the octets of one field so far, its offset counted from the start of the field.

The same answer must follow from every longer prefix, or segmentation would decide which error is reported.
"""


@dataclass(frozen=True, slots=True)
class Exactly:
    """Asks for `count` octets. The answer has them all, or fewer when `refuse` objects to those that came."""

    count: int
    refuse: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """Asks for the octets before the first delimiter, which stays to be asked for next.

    More than `max_bytes` octets in the answer mean that no delimiter came in time; `refuse` may object before.
    """

    delimiter: bytes
    max_bytes: int
    refuse: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Decode:
    """Asks for the characters of a whole field; the answer is None when the octets are not in that charset."""

    octets: bytes
    charset: str


Request: TypeAlias = Exactly | Until | Decode
Answer: TypeAlias = bytes | str | None
