"""What the application wants to say: octets or characters, of a size that is fixed, counted, or found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from shortread.codec.parts.part import Parsing, Progress, UnbuildableError
from shortread.codec.requests import Code, Decode, Exactly, Until
from shortread.stream import Role, Value


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always so many octets."""

    size: int


@dataclass(frozen=True, slots=True)
class Counted:
    """As many octets as `number` says, less those of the `others` that it counts too."""

    number: str
    others: tuple[str, ...]
    others_fixed_bytes: int


@dataclass(frozen=True, slots=True)
class Delimited:
    """Everything before the delimiter."""

    delimiter: bytes


Extent: TypeAlias = Fixed | Counted | Delimited


@dataclass(frozen=True, slots=True)
class Content:
    """Octets, or characters where a charset is given.

    `max_bytes` limits the content without its delimiter. It also has to end by the offset `must_end_by` in its
    frame, or what follows would not fit into the frame any more.
    """

    name: str
    extent: Extent
    charset: str | None
    max_bytes: int
    must_end_by: int

    @property
    def role(self) -> Role:
        """Content is what frames are for."""
        return Role.BODY

    @property
    def fixed_size(self) -> int | None:
        """Fixed only where the extent is."""
        return self.extent.size if isinstance(self.extent, Fixed) else None

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the octets, then for their characters."""
        extent = self.extent
        max_bytes = max(0, min(self.max_bytes, self.must_end_by - progress.offset))
        if isinstance(extent, Delimited):
            octets = yield Until(extent.delimiter, max_bytes)
            assert isinstance(octets, bytes)
            if len(octets) > max_bytes:
                progress.reject(Code.TOO_LONG, progress.offset + max_bytes, f"more than {max_bytes} octets")
        else:
            size = extent.size if isinstance(extent, Fixed) else self._counted_bytes(extent, progress, max_bytes)
            octets = yield Exactly(size)
            assert isinstance(octets, bytes)
        if self.charset is None:
            progress.values[self.name] = octets
        else:
            characters = yield Decode(octets, self.charset)
            if not isinstance(characters, str):
                progress.reject(Code.BAD_CHARSET, progress.offset + _first_undecodable(octets, self.charset))
            progress.values[self.name] = characters
        progress.sizes[self.name] = len(octets)
        progress.mark(self.name, Role.BODY, len(octets))

    def build(self, value: Value) -> bytes:
        """The octets of a value that fits."""
        octets = self._encode(value)
        extent = self.extent
        if isinstance(extent, Fixed) and len(octets) != extent.size:
            raise UnbuildableError(
                field=self.name, expected=f"exactly {extent.size} octets", found=f"{len(octets)} octets"
            )
        if len(octets) > self.max_bytes:
            raise UnbuildableError(
                field=self.name, expected=f"at most {self.max_bytes} octets", found=f"{len(octets)} octets"
            )
        if isinstance(extent, Delimited) and (octets + extent.delimiter).find(extent.delimiter) != len(octets):
            raise UnbuildableError(
                field=self.name, expected=f"content without the delimiter {extent.delimiter!r}", found="one inside"
            )
        return octets

    def _counted_bytes(self, extent: Counted, progress: Progress, max_bytes: int) -> int:
        number = progress.values[extent.number]
        assert isinstance(number, int)
        size = number - extent.others_fixed_bytes - sum(progress.sizes[other] for other in extent.others)
        written_at = next(span.start for span in progress.spans if span.name == extent.number)
        if size < 0:
            progress.reject(Code.LENGTH_UNDERFLOW, written_at, f"{number} counts less than what is there")
        if size > max_bytes:
            progress.reject(Code.OVERSIZE, written_at, f"{size} octets of {self.name}, at most {max_bytes}")
        return size

    def _encode(self, value: Value) -> bytes:
        if self.charset is None and isinstance(value, bytes):
            return value
        if isinstance(value, str):
            charset = self.charset or "utf-8"
            try:
                return value.encode(charset)
            except UnicodeEncodeError as error:
                raise UnbuildableError(
                    field=self.name, expected=f"characters of {charset}", found=repr(value[error.start])
                ) from error
        raise UnbuildableError(
            field=self.name, expected="octets or text" if self.charset is None else "text", found=type(value).__name__
        )


def _first_undecodable(octets: bytes, charset: str) -> int:
    try:
        octets.decode(charset)
    except UnicodeDecodeError as error:
        return error.start
    return len(octets)
