"""Which field a parser is reading: programs go wrong in one of them, and requests do not name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shortread.codec.framing import PhaseMachine
from shortread.codec.parts.bits import Bits
from shortread.codec.parts.checks import Check, Checksum
from shortread.codec.parts.const import Const, Delimiter
from shortread.codec.parts.number import BinaryNumber
from shortread.codec.parts.part import Draft, Parsing, Part, Progress
from shortread.codec.parts.sequence import Sequence
from shortread.stream import Role


class Field:
    """The field of the current frame that is being read; a header is everything before the body."""

    def __init__(self) -> None:
        self.part: Part | None = None
        self.following: tuple[Part, ...] = ()
        self.is_first = True
        self._is_behind_body = False

    @property
    def is_body(self) -> bool:
        """Whether it is what the frame is for. What has fields of its own counts as the body."""
        return self.part is not None and _role(self.part) is Role.BODY

    @property
    def is_header(self) -> bool:
        """Whether it stands before the body."""
        return not self.is_body and not self._is_behind_body

    @property
    def trailer_bytes(self) -> int:
        """How many octets of constants and delimiters follow."""
        return sum(len(constant_of(part) or b"") for part in self.following)

    @property
    def header_bytes(self) -> int:
        """How many octets this field and those behind it take that stand before the body, where all of that is fixed.

        0 where it is no header, or where its size is not fixed.
        """
        sizes = []
        for part in (self.part, *self.following):
            if part is None or _role(part) is Role.BODY:
                break
            sizes.append(_fixed_bytes(part))
        return sum(sizes) if self.is_header and all(sizes) else 0

    def begin(self, part: Part, following: tuple[Part, ...]) -> None:
        """Go on to the next field; those that follow it are known."""
        self.following = following
        self.is_first = self.part is None
        self._is_behind_body = self._is_behind_body or self.is_body
        self.part = part

    def begin_frame(self) -> None:
        """Go on to the next frame, whose first field nobody knows yet."""
        self.part = None
        self._is_behind_body = False


_ROLES: Mapping[type, Role] = {Delimiter: Role.DELIMITER, Bits: Role.NUMBER, Checksum: Role.NUMBER}
"""Of parts that do not say it themselves; all others have fields of their own."""


def _role(part: Part) -> Role:
    role = getattr(part, "role", None)
    return role if isinstance(role, Role) else _ROLES.get(type(part), Role.BODY)


def _fixed_bytes(part: Part) -> int:
    """The size of a field that always has the same; 0 for others."""
    match part:
        case BinaryNumber(codec=codec):
            return codec.size
        case Bits(size=size):
            return size
        case _:
            return len(constant_of(part) or b"")


def constant_of(part: Part | None) -> bytes | None:
    """The octets of a constant, or the first of several delimiters; None for what has no octets of its own."""
    match part:
        case Const(octets=octets):
            return octets
        case Delimiter(delimiters=(first, *_)):
            return first
        case _:
            return None


@dataclass(frozen=True)
class _Announced:
    """A part that says when it is being read."""

    part: Part
    field: Field
    following: tuple[Part, ...]

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def is_derived(self) -> bool:
        return self.part.is_derived

    def parse(self, progress: Progress) -> Parsing:
        if not isinstance(self.part, Check):
            self.field.begin(self.part, self.following)
        return (yield from self.part.parse(progress))

    def build(self, draft: Draft) -> bytes:
        return self.part.build(draft)


class AnnouncingMachine(PhaseMachine):
    """The framing of one stream, which says in `field` which field is being read."""

    def __init__(self, machine: PhaseMachine, field: Field) -> None:
        self._unannounced = machine._phases  # of its own kind, so that whatever a codec's framing says is said here too
        super().__init__(
            {name: replace(phase, sequence=_with(phase.sequence, field)) for name, phase in machine._phases.items()}
        )

    @property
    def is_ended_by_stream(self) -> bool:
        """As the machine says that announces nothing, which knows what kind its parts are of."""
        return self._unannounced[self.phase].is_ended_by_stream and self._frames_in_phase == 0


def _with(sequence: Sequence | None, field: Field) -> Sequence | None:
    if sequence is None:
        return None
    parts = sequence.parts
    return replace(sequence, parts=tuple(_Announced(part, field, parts[at + 1 :]) for at, part in enumerate(parts)))
