"""What a parser asks of the receive loop that drives it, and what it says about octets that break the framing.

A parser is a generator: it yields requests and is sent the answers. It never sees a socket, a segment or a buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from shortread.spec.codes import Code
from shortread.stream import Role


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
    """Asks for `count` octets. The answer has them all, or fewer when `refuse` objects to those that came.

    Where `or_end`, the end of the stream serves instead of them, and the answer is empty. `role` says what they are,
    where that is not only a matter of where they stand.
    """

    count: int
    refuse: Refusal | None = None
    or_end: bool = False
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """Asks for the octets before the first delimiter, which stays to be asked for next.

    The earliest match wins, the longest where several begin at one place. More than `max_bytes` octets in the answer
    mean that no delimiter came in time; `refuse` may object before. Where `or_end`, the end of the stream serves too.
    `role` is that of the octets.
    """

    delimiters: tuple[bytes, ...]
    max_bytes: int
    refuse: Refusal | None = None
    or_end: bool = False
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Asks for everything up to the end of the stream; more than `max_bytes` octets mean that it was too much."""

    max_bytes: int
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Peek:
    """Asks for the next octet, which stays to be asked for again."""


@dataclass(frozen=True, slots=True)
class Decode:
    """Asks for the characters of a whole field; the answer is None when the octets are not in that charset."""

    octets: bytes
    charset: str


Request: TypeAlias = Exactly | Until | Rest | Peek | Decode
Answer: TypeAlias = bytes | str | None

__all__ = ["Answer", "Code", "Decode", "Exactly", "Peek", "Refusal", "Request", "Rest", "Until", "Violation"]
