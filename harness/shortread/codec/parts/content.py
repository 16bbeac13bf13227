"""What the application wants to say: octets, characters or JSON, of a size that is fixed, counted, or found."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from shortread.codec.parts.part import Draft, Parsing, Progress, UnbuildableError
from shortread.codec.parts.sequence import Sequence as PartSequence
from shortread.codec.parts.sequence import parse_all
from shortread.codec.receive import FramingError
from shortread.codec.requests import Answer, Code, Decode, Exactly, Request, Rest, Until
from shortread.codec.transforms import BadEscapeError, Transform, Unprefix, Xor
from shortread.stream import Role
from shortread.value import Value

_WORD = re.compile(rb"\S+")


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always so many octets."""

    size: int


@dataclass(frozen=True, slots=True)
class Counted:
    """As many octets as `number` says, less those of the `others` that it counts too.

    With a `key`, the number is a member of the JSON object, or the header, of that name in the field `number`,
    or the word at that place of a line.
    """

    number: str
    others: tuple[str, ...]
    others_fixed_bytes: int
    key: str | int | None = None


@dataclass(frozen=True, slots=True)
class Delimited:
    """Everything before the first delimiter; where `or_end`, the end of the stream is one as well."""

    delimiters: tuple[bytes, ...]
    or_end: bool


@dataclass(frozen=True, slots=True)
class ToTheEnd:
    """Everything up to the end of the stream."""


Extent: TypeAlias = Fixed | Counted | Delimited | ToTheEnd


@dataclass(frozen=True, slots=True)
class Charset:
    """A charset by name; with `source`, the one that a member of an earlier JSON field or header names."""

    name: str
    source: tuple[str, str] | None = None

    def of(self, lookup: Any) -> str:
        """The charset for this frame. Raises LookupError for one that is not known."""
        if self.source is None:
            return self.name
        found = member(lookup(self.source[0]), self.source[1])
        if found is None:
            return self.name
        try:
            "".encode(str(found))
        except ValueError as error:
            # A name with a NUL, or of a codec that only refuses.
            raise LookupError(found) from error
        return str(found)


@dataclass(frozen=True, slots=True)
class Content:
    """Octets; characters where a charset is given; JSON where `is_json`; a message again where `inner`.

    `max_bytes` limits the content without its delimiter, in its wire form. It also has to end by the offset
    `must_end_by` in its frame. `counting` maps members of a JSON object, or words of a line, to the fields that they
    count.
    """

    name: str
    extent: Extent
    max_bytes: int
    must_end_by: int
    charset: Charset | None = None
    is_json: bool = False
    counting: Mapping[str, str] | Mapping[int, str] = field(default_factory=dict, hash=False)
    required_members: tuple[str, ...] = ()
    transforms: tuple[Transform, ...] = ()
    inner: PartSequence | None = None

    @property
    def role(self) -> Role:
        """Content is what frames are for; content that counts is a length."""
        return Role.LENGTH if self.counting else Role.BODY

    @property
    def is_derived(self) -> bool:
        """What counts is finished when everything else is built."""
        return bool(self.counting)

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the octets, undo the transforms, ask for the characters, read what is in them."""
        start = progress.offset
        wire = yield from self._wire(progress)
        self._mark(wire, progress)
        if self.transforms and wire in self._no_lines:
            return None
        octets = self._undo(wire, progress, start) if self.transforms else wire
        if self.inner is not None:
            return self._parse_inner(self.inner, octets, progress, start)
        if self.charset is None:
            return octets
        try:
            charset = self.charset.of(progress.scope.lookup)
        except LookupError:
            progress.reject(Code.BAD_CHARSET, start, "an unknown charset")
        characters = yield Decode(octets, charset)
        if not isinstance(characters, str):
            progress.reject(Code.BAD_CHARSET, start + _first_undecodable(octets, charset))
        return self._parse_json(characters, progress, start) if self.is_json else characters

    def build(self, draft: Draft) -> bytes:
        """The octets of a value that fits."""
        value = draft.values[self.name]
        if value is None and self._no_lines:
            wire = self._no_lines[0]
        else:
            wire = self._encode(value, draft)
            for transform in self.transforms:
                wire = transform.apply(wire, _key(transform, draft.lookup))
        self._check_fit(wire)
        draft.note_size(self.name, len(wire))
        return wire

    def _mark(self, wire: bytes, progress: Progress) -> None:
        """Note where it lies, its escapes apart from the rest; escapes that touch each other are one place."""
        if not self.transforms:
            progress.mark(self.name, self.role, wire)
            return
        at = 0
        for start, end in _joined(self.transforms[-1].escapes(wire)):
            if start > at:
                progress.mark(self.name, self.role, wire[at:start])
            progress.mark(self.name, Role.ESCAPE, wire[start:end])
            at = end
        if at < len(wire) or not wire:
            progress.mark(self.name, self.role, wire[at:])

    @property
    def _no_lines(self) -> tuple[bytes, ...]:
        """The octets that stand for no line: a prefix that is neither doubled nor followed by anything."""
        return tuple(transform.prefix for transform in self.transforms if isinstance(transform, Unprefix))

    def _wire(self, progress: Progress) -> Generator[Request, Answer, bytes]:
        extent = self.extent
        max_bytes = max(0, min(self.max_bytes, self.must_end_by - progress.offset))
        octets: Answer
        if isinstance(extent, Delimited):
            octets = yield Until(extent.delimiters, max_bytes, None, extent.or_end, self.role)
        elif isinstance(extent, ToTheEnd):
            octets = yield Rest(max_bytes, self.role)
        else:
            size = extent.size if isinstance(extent, Fixed) else _counted_bytes(self.name, extent, progress, max_bytes)
            octets = yield Exactly(size, role=self.role)
        assert isinstance(octets, bytes)
        if len(octets) > max_bytes and not isinstance(extent, Fixed):
            progress.reject(Code.TOO_LONG, progress.offset + max_bytes, f"more than {max_bytes} octets")
        return octets

    def _undo(self, wire: bytes, progress: Progress, start: int) -> bytes:
        octets = wire
        for transform in reversed(self.transforms):
            try:
                octets = transform.undo(octets, _key(transform, progress.scope.lookup))
            except BadEscapeError as error:
                progress.reject(Code.BAD_ESCAPE, start + error.offset)
        return octets

    def _parse_inner(self, inner: PartSequence, octets: bytes, progress: Progress, start: int) -> Value:
        try:
            value, used = parse_all(inner, octets, progress)
        except FramingError as error:
            found = error.violation
            progress.reject(found.code, start + (0 if self.transforms else found.offset), found.detail)
        if used < len(octets):
            progress.reject(Code.REGION_LEFTOVER, start + (0 if self.transforms else used))
        return value

    def _parse_json(self, characters: str, progress: Progress, start: int) -> Value:
        try:
            value = _from_json(json.loads(characters, parse_constant=_refuse_constant))
        except (ValueError, RecursionError) as error:
            progress.reject(Code.BAD_JSON, start, str(error))
        for name in self.required_members:
            if not isinstance(value, Mapping) or name not in value:
                progress.reject(Code.MISSING_KEY, start, name)
        return value

    def _charset_name(self, draft: Draft) -> str:
        try:
            return self.charset.of(draft.lookup) if self.charset else "utf-8"
        except KeyError:
            # The field that names it is not built yet.
            raise
        except LookupError as error:
            raise UnbuildableError(field=self.name, expected="a known charset", found=str(error)) from error

    def _encode(self, value: Value, draft: Draft) -> bytes:
        if self.inner is not None:
            return self.inner.build_value(value, draft)
        if self.is_json:
            return self._encode_json(value, draft)
        if self.charset is None and isinstance(value, bytes):
            return self._with_counts(value, draft)
        if isinstance(value, str):
            charset = self._charset_name(draft)
            try:
                return self._with_counts(value.encode(charset), draft)
            except UnicodeEncodeError as error:
                found = repr(value[error.start])
                raise UnbuildableError(field=self.name, expected=f"characters of {charset}", found=found) from error
        expected = "octets or text" if self.charset is None else "text"
        raise UnbuildableError(field=self.name, expected=expected, found=type(value).__name__)

    def _with_counts(self, line: bytes, draft: Draft) -> bytes:
        """The line with the words that count what is there; a line may count different fields in different places."""
        for at, counted in self.counting.items():
            if counted in draft.sizes:
                word = next(islice(_WORD.finditer(line), int(at), None), None)
                if word is None:
                    raise UnbuildableError(field=self.name, expected=f"at least {int(at) + 1} words", found=repr(line))
                line = line[: word.start()] + b"%d" % draft.sizes[counted] + line[word.end() :]
                draft.values[self.name] = line
        return line

    def _encode_json(self, value: Value, draft: Draft) -> bytes:
        if self.counting:
            if not isinstance(value, Mapping):
                raise UnbuildableError(field=self.name, expected="a JSON object", found=type(value).__name__)
            value = {**value, **{str(key): draft.sizes[name] for key, name in self.counting.items()}}
            draft.values[self.name] = value
        charset = self._charset_name(draft)
        return json.dumps(_to_json(value), ensure_ascii=False, separators=(",", ":")).encode(charset)

    def _check_fit(self, wire: bytes) -> None:
        extent = self.extent
        if isinstance(extent, Fixed) and len(wire) != extent.size:
            expected = f"exactly {extent.size} octets"
        elif len(wire) > self.max_bytes:
            expected = f"at most {self.max_bytes} octets"
        elif isinstance(extent, Delimited) and (inside := _delimiter_inside(wire, extent.delimiters)):
            raise UnbuildableError(
                field=self.name, expected=f"content without the delimiter {inside!r}", found="one inside"
            )
        else:
            return
        raise UnbuildableError(field=self.name, expected=expected, found=f"{len(wire)} octets")


def member(container: Value, key: str | int) -> Value:
    """The member of a JSON object or the first header of that name, or that word of a line; None for none."""
    if isinstance(container, bytes) and isinstance(key, int):
        return next((word.decode("latin-1") for word in container.split()[key : key + 1]), None)
    if isinstance(key, int):
        return None
    if isinstance(container, Mapping):
        return container.get(key)
    if isinstance(container, tuple):
        for pair in container:
            if isinstance(pair, tuple) and isinstance(pair[0], str) and pair[0].lower() == key.lower():
                return pair[1]
    return None


def _counted_bytes(name: str, extent: Counted, progress: Progress, max_bytes: int) -> int:
    number = _counting_number(extent, progress)
    written_at, _ = progress.scope.place(extent.number)
    size = number - extent.others_fixed_bytes
    for other in extent.others:
        start, end = progress.scope.place(other)
        size -= end - start
    if size < 0:
        progress.reject(Code.LENGTH_UNDERFLOW, written_at, f"{number} counts less than what is there")
    if size > max_bytes:
        progress.reject(Code.OVERSIZE, written_at, f"{size} octets of {name}, at most {max_bytes}")
    return size


def _counting_number(extent: Counted, progress: Progress) -> int:
    container = value = progress.scope.lookup(extent.number)
    written_at, _ = progress.scope.place(extent.number)
    if extent.key is not None:
        value = member(container, extent.key)
        if value is None and not (isinstance(container, Mapping) and extent.key in container):
            return 0
        if isinstance(container, tuple | bytes) and isinstance(value, str) and value.isascii() and value.isdigit():
            # A header and a word are text; a JSON object has numbers.
            value = int(value) if len(value) <= 20 else -1
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        progress.reject(Code.NON_DIGIT_LENGTH, written_at, f"found {value!r}")
    return value


def _key(transform: Transform, lookup: Any) -> bytes:
    if not isinstance(transform, Xor):
        return b""
    key = lookup(transform.key)
    return key if isinstance(key, bytes) else b""


def _delimiter_inside(wire: bytes, delimiters: Sequence[bytes]) -> bytes | None:
    """A delimiter that would be found before the end of the content."""
    return next((one for one in delimiters if (wire + one).find(one) != len(wire)), None)


def _first_undecodable(octets: bytes, charset: str) -> int:
    try:
        octets.decode(charset)
    except UnicodeDecodeError as error:
        return error.start
    except UnicodeError:
        # Some codecs do not tell where.
        return 0
    return len(octets)


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _from_json(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(map(_from_json, value))
    if isinstance(value, dict):
        return {key: _from_json(item) for key, item in value.items()}
    return value  # type: ignore[no-any-return] # JSON has no other kinds


def _to_json(value: Value) -> Any:
    if isinstance(value, tuple):
        return list(map(_to_json, value))
    if isinstance(value, Mapping):
        return {key: _to_json(item) for key, item in value.items()}
    return value


def _joined(places: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same places, those that touch each other as one."""
    joined: tuple[int, int] | None = None
    for start, end in places:
        if joined is not None and joined[1] == start:
            joined = joined[0], end
        else:
            if joined is not None:
                yield joined
            joined = start, end
    if joined is not None:
        yield joined
