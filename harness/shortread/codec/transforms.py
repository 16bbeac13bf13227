"""Reversible transforms between content and its wire form (`via`). A bad wire form is None, with the place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol


class BadEscapeError(Exception):
    """The wire form cannot have come from any content; `offset` counts from the start of the wire form."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Transform(Protocol):
    """Turns content into its wire form and back; `key` is the value of the field that `xor` names."""

    def undo(self, wire: bytes, key: bytes) -> bytes:
        """The content. Raises BadEscapeError."""
        ...

    def apply(self, content: bytes, key: bytes) -> bytes:
        """The wire form."""
        ...

    def escapes(self, wire: bytes) -> Iterator[tuple[int, int]]:
        """Where in a good wire form sequences stand for other octets: start and end (exclusive), in order.

        Sequences that touch each other are one place.
        """
        ...


class WithoutEscapes:
    """What transforms have in common that change every octet."""

    __slots__ = ()

    def escapes(self, wire: bytes) -> Iterator[tuple[int, int]]:
        """There are none."""
        del wire
        return iter(())


@dataclass(frozen=True, slots=True)
class Xor(WithoutEscapes):
    """Every octet combined with the key, again and again (RFC 6455, 5.3)."""

    key: str

    def undo(self, wire: bytes, key: bytes) -> bytes:
        """It undoes itself."""
        if not any(key):
            return wire
        size = len(wire)
        repeated = (key * (size // len(key) + 1))[:size]
        return (int.from_bytes(wire, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")

    def apply(self, content: bytes, key: bytes) -> bytes:
        """It undoes itself."""
        return self.undo(content, key)


@dataclass(frozen=True, slots=True)
class Escapes:
    """A table: each wire sequence stands for other octets. All sequences begin with the same octet."""

    table: Mapping[bytes, bytes] = field(hash=False)

    def undo(self, wire: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Replace each sequence by what it stands for."""

        def meaning(match: re.Match[bytes]) -> bytes:
            octets = self.table.get(match[0])
            if octets is None:
                raise BadEscapeError(match.start())
            return octets

        return _sequences(tuple(self.table)).sub(meaning, wire)

    def apply(self, content: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Replace what has to be escaped; the escape octet itself first."""
        first = next(iter(self.table))[:1]
        for sequence, octets in sorted(self.table.items(), key=lambda item: item[1] != first):
            content = content.replace(octets, sequence)
        return content

    def escapes(self, wire: bytes) -> Iterator[tuple[int, int]]:
        """Each sequence of the table; those that touch each other are one place."""
        return (match.span() for match in _rows(tuple(self.table)).finditer(wire))


@cache
def _sequences(sequences: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Each sequence, the longest first, or the octet with which they begin where none follows."""
    known = sorted(sequences, key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, [*known, known[0][:1]])))


@cache
def _rows(sequences: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Sequences, as many as follow each other."""
    known = sorted(sequences, key=len, reverse=True)
    return re.compile(b"(?:" + b"|".join(map(re.escape, known)) + b")+")


SLIP = Escapes({b"\xdb\xdd": b"\xdb", b"\xdb\xdc": b"\xc0"})
"""RFC 1055."""


@dataclass(frozen=True, slots=True)
class Hdlc:
    """RFC 1662, 4.2: an octet of 0x7d says that the next one is to be combined with 0x20."""

    def undo(self, wire: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Combine what follows each escape."""

        def meaning(match: re.Match[bytes]) -> bytes:
            if len(match[0]) == 1:
                raise BadEscapeError(match.start())
            return bytes([match[0][1] ^ 0x20])

        return _HDLC_ESCAPE.sub(meaning, wire)

    def apply(self, content: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Escape the flag and the escape."""
        return content.replace(b"\x7d", b"\x7d\x5d").replace(b"\x7e", b"\x7d\x5e")

    def escapes(self, wire: bytes) -> Iterator[tuple[int, int]]:
        """Each escape with the octet behind it; those that touch each other are one place."""
        return (match.span() for match in _HDLC_ESCAPES.finditer(wire))


_HDLC_ESCAPE = re.compile(rb"\x7d[\s\S]?")
_HDLC_ESCAPES = re.compile(rb"(?:\x7d[\s\S])+")


@dataclass(frozen=True, slots=True)
class Cobs(WithoutEscapes):
    """Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): content without any octet of zero."""

    def undo(self, wire: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Put the zeros back."""
        content = bytearray()
        at = 0
        while at < len(wire):
            code = wire[at]
            block = wire[at + 1 : at + code]
            if code == 0 or len(block) != code - 1 or 0 in block:
                raise BadEscapeError(at)
            content += block
            at += code
            if code < 0xFF and at < len(wire):
                content.append(0)
        return bytes(content)

    def apply(self, content: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Cut at each zero and after each 254 octets."""
        wire = bytearray()
        blocks = content.split(b"\0")
        for number, block in enumerate(blocks):
            rest = block
            while len(rest) >= 0xFE:
                wire += b"\xff" + rest[:0xFE]
                rest = rest[0xFE:]
                if not rest and number == len(blocks) - 1:
                    return bytes(wire)
            wire += bytes([len(rest) + 1]) + rest
        return bytes(wire)


@dataclass(frozen=True, slots=True)
class Unprefix:
    """A line that begins with the prefix carries it twice (RFC 5321, 4.5.2: dot-stuffing)."""

    prefix: bytes

    def undo(self, wire: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Take one prefix away."""
        return wire.removeprefix(self.prefix)

    def apply(self, content: bytes, key: bytes) -> bytes:  # noqa: ARG002 - no key
        """Put one prefix in front where there is one."""
        return self.prefix + content if content.startswith(self.prefix) else content

    def escapes(self, wire: bytes) -> Iterator[tuple[int, int]]:
        """The doubled prefix."""
        if wire.startswith(self.prefix * 2):
            yield 0, 2 * len(self.prefix)
