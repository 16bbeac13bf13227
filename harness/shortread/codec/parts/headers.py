"""Lines of a name and a value, up to a blank line."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

from shortread.codec.parts.part import Draft, Parsing, Progress, UnbuildableError
from shortread.codec.requests import Answer, Code, Exactly, Request, Until
from shortread.stream import Role
from shortread.value import Value

_NAME_OCTETS = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""The token of RFC 9110, 5.6.2."""

_FORBIDDEN_OCTETS = b"\r\n\0"
"""What no value may hold (RFC 9110, 5.5)."""


@dataclass(frozen=True, slots=True)
class Headers:
    """A tuple of (name, value) pairs of text in ISO 8859-1, each line ended by the first of `line_ends`.

    `max_bytes` limits them all together. `counting` maps names, in lower case, to the fields whose octets they count;
    of these a second, different value is refused. `required` are names, in lower case, that must be there.
    """

    name: str
    line_ends: tuple[bytes, ...]
    separator: str
    max_bytes: int
    counting: Mapping[str, str] = field(hash=False)
    required: tuple[str, ...] = ()

    @property
    def role(self) -> Role:
        """Headers that count are a length."""
        return Role.LENGTH if self.counting else Role.BODY

    @property
    def is_derived(self) -> bool:
        """The counting ones are set when everything else is built."""
        return bool(self.counting)

    def parse(self, progress: Progress) -> Parsing:
        """Ask for line after line."""
        start = progress.offset
        pairs: list[Value] = []
        seen: dict[str, str] = {}
        while True:
            left = max(0, self.max_bytes - (progress.offset - start))
            at = progress.offset
            line = yield Until(self.line_ends, left)
            assert isinstance(line, bytes)
            if len(line) > left:
                progress.reject(Code.TOO_LONG, at + left, f"more than {self.max_bytes} octets of headers")
            progress.mark(self.name, self.role, line)
            end = yield from self._line_end()
            progress.mark(repr(end).removeprefix("b"), Role.DELIMITER, end)
            if not line:
                break
            name, value = self._pair(line, progress, at)
            key = name.lower()
            if key in self.counting and seen.setdefault(key, value) != value:
                progress.reject(Code.CONFLICTING_HEADER, at, name)
            pairs.append((name, value))
        for required in self.required:
            if not any(isinstance(pair, tuple) and str(pair[0]).lower() == required for pair in pairs):
                progress.reject(Code.MISSING_KEY, start, required)
        return tuple(pairs)

    def build(self, draft: Draft) -> bytes:
        """The lines; a counting header gets the size of what it counts, unless there is neither."""
        # Where a message does not say them, they are those that count.
        pairs = _as_pairs(self.name, draft.values.get(self.name, ()) if self.counting else draft.values[self.name])
        for key, counted in self.counting.items():
            size = draft.sizes.get(counted, 0)
            is_given = any(name.lower() == key for name, _ in pairs)
            if is_given and counted not in draft.sizes:
                # A header may say the size of what is not sent, such as in an answer to HEAD.
                continue
            if is_given:
                pairs = [(name, str(size) if name.lower() == key else value) for name, value in pairs]
            elif size or key in self.required:
                pairs.append(("-".join(word.capitalize() for word in key.split("-")), str(size)))
        draft.values[self.name] = tuple(pairs)
        end = self.line_ends[0]
        lines = [f"{name}{self.separator}{value}".encode("latin-1") for name, value in pairs]
        for line in lines:
            if not line or any(one in line for one in self.line_ends):
                raise UnbuildableError(field=self.name, expected="names and values of one line", found=repr(line))
        return b"".join(line + end for line in lines) + end

    def _line_end(self) -> Generator[Request, Answer, bytes]:
        """Ask for the octets of whichever line end is there."""
        shortest = min(map(len, self.line_ends))
        octets = yield Exactly(shortest)
        assert isinstance(octets, bytes)
        while octets not in self.line_ends:
            more = yield Exactly(1)
            assert isinstance(more, bytes)
            octets += more
        return octets

    def _pair(self, line: bytes, progress: Progress, at: int) -> tuple[str, str]:
        name, colon, value = line.partition(b":")
        bad = next((place for place, octet in enumerate(name) if octet not in _NAME_OCTETS), None)
        if not colon or not name or bad is not None:
            progress.reject(Code.BAD_HEADER, at + (bad or 0), repr(line[:40]))
        forbidden = next((place for place, octet in enumerate(line) if octet in _FORBIDDEN_OCTETS), None)
        if forbidden is not None:
            progress.reject(Code.FORBIDDEN_BYTE, at + forbidden, repr(line[:40]))
        return name.decode("latin-1"), value.strip(b" \t").decode("latin-1")


def _as_pairs(name: str, value: Value) -> list[tuple[str, str]]:
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(pairs, tuple | list) or not all(
        isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs
    ):
        raise UnbuildableError(field=name, expected="a list of names and values", found=repr(value)[:80])
    return [(str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, tuple | list)]
