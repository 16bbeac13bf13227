"""What the correct loop is asked for by a spec: from this follows which mistakes can be made with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shortread.catalogue.axes import Axes
from shortread.catalogue.field import AnnouncingMachine, Field
from shortread.catalogue.loop import Loop
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.content import Content
from shortread.codec.requests import Decode, Exactly, Rest, Until
from shortread.spec.model import Spec
from shortread.stream import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """What was asked for while the sample messages were read.

    `header_bytes` is the longest field before the body, and `has_header_fields` says that there are several, all of a
    fixed size; `body_bytes` is the longest body of a known size, `longest_body_bytes` the longest of any; `delimiters`
    are all that were looked for, `body_delimiters` those that end a body; `has_empty` says that there is a message of
    length zero, `has_trailer` that something constant follows a body of a known size.
    """

    spec: Spec
    header_bytes: int
    has_header_fields: bool
    body_bytes: int
    delimiters: tuple[bytes, ...]
    body_delimiters: tuple[bytes, ...]
    has_header_line: bool
    has_rest: bool
    has_escapes: bool
    has_phases: bool
    decodes: bool
    is_text: bool
    bodies: frozenset[bytes]
    longest_body_bytes: int
    longest_frame_bytes: int
    has_empty: bool
    has_trailer: bool

    @property
    def body_octets(self) -> bytes:
        """All bodies in a row."""
        return b"".join(self.bodies)


@cache
def requested_of(codec: FrameCodec) -> Requested:
    """Read the sample messages of a spec with the correct loop, and note what it is asked for."""
    observed = _Observed()
    streams = [codec.build_all(stream) for stream in codec.streams]
    for frames in streams:
        field = Field()
        loop = _Observer(AnnouncingMachine(codec.framing(), field), field, Axes())
        loop.observed = observed
        loop.feed(b"".join(frame.wire for frame in frames))
        loop.end()
    every = [frame for frames in streams for frame in frames]
    return Requested(
        spec=codec.spec,
        header_bytes=observed.header_bytes,
        has_header_fields=observed.has_header_fields,
        body_bytes=observed.body_bytes,
        delimiters=tuple(sorted(observed.delimiters)),
        body_delimiters=tuple(sorted(observed.body_delimiters)),
        has_header_line=observed.has_header_line,
        has_rest=observed.has_rest,
        has_escapes=observed.has_escapes,
        has_phases=len(observed.phases) > 1,
        decodes=observed.decodes,
        is_text=all(map(_is_text, observed.bodies)),
        bodies=frozenset(observed.bodies),
        longest_body_bytes=max(map(len, observed.bodies), default=0),
        longest_frame_bytes=max((len(frame.wire) for frame in every), default=0),
        has_trailer=observed.has_trailer,
        has_empty=any(frame.message in ("", b"") for frame in every),
    )


class _Observed:
    """What was asked for so far."""

    def __init__(self) -> None:
        self.header_bytes = self.body_bytes = 0
        self.delimiters: set[bytes] = set()
        self.body_delimiters: set[bytes] = set()
        self.bodies: set[bytes] = set()
        self.phases: set[str] = set()
        self.has_header_line = self.has_rest = self.has_escapes = self.has_trailer = self.has_header_fields = (
            self.decodes
        ) = False


class _Observer(Loop):
    """The correct loop, which notes what it is asked for."""

    observed: _Observed

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        if octets is None:
            return None
        seen, field = self.observed, self.field
        seen.phases.add(self.machine.phase)
        if isinstance(field.part, Content) and field.part.transforms:
            seen.has_escapes = seen.has_escapes or any(True for _ in field.part.transforms[-1].escapes(octets))
        if request.role is Role.BODY:
            seen.bodies.add(octets)
        match request:
            case Exactly(count) if field.is_header:
                seen.header_bytes = max(seen.header_bytes, count)
                seen.has_header_fields = seen.has_header_fields or (field.is_first and field.header_bytes > count)
            case Exactly(count) if field.is_body:
                seen.body_bytes = max(seen.body_bytes, count)
                seen.has_trailer = seen.has_trailer or field.trailer_bytes > 0
            case Until(delimiters):
                seen.delimiters.update(delimiters)
                seen.has_header_line = seen.has_header_line or field.is_header
                if field.is_body:
                    seen.body_delimiters.update(delimiters)
            case Rest():
                seen.has_rest = True
        return octets

    def decode(self, request: Decode) -> str | None:
        self.observed.decodes = True
        return super().decode(request)


def _is_text(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True
