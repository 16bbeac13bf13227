"""The implementation writes down what it received: on its standard output, in one of three forms.

lines        each line is one message, as text
json-lines   {"message": "text"}, {"hex": "00ff"}; {"end": true} and {"error": "…"} are remarks; others mean nothing
a pattern    a regular expression with a group `text`, `hex`, `repr` or `base64`, which finds messages anywhere
"""

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, cast

from shortread.codec.requests import Violation
from shortread.expected import Exactly
from shortread.judge.delivered import Delivered
from shortread.judge.expectation import Reply
from shortread.judge.replies.reply_rule import WrittenDown
from shortread.stream import Frame, Role, Span
from shortread.value import Value

Form: TypeAlias = "str | re.Pattern[str]"
"""`lines`, `json-lines`, or a pattern."""


class Transcript(WrittenDown):
    """Each message is written down once it is complete."""

    def due(self, delivered: Delivered, _: int) -> tuple[Reply, ...]:
        """One entry for each message."""
        return tuple(
            Reply(expected=Exactly(frame.message), wire=None, after_bytes=end)
            for frame, end in zip(delivered.frames, delivered.ends, strict=True)
        )


def read_transcript(written: bytes, form: Form) -> tuple[tuple[Frame, ...], Violation | None]:
    """The messages that were written down so far. A line without its end is not written yet."""
    if isinstance(form, re.Pattern):
        return tuple(_found(written, form)), None
    lines = written.split(b"\n")[:-1]
    read: Callable[[bytes], Iterator[Value]] = _line if form == "lines" else _json_line
    return tuple(_entry(message, line) for line in lines for message in read(line.removesuffix(b"\r"))), None


class Remark(NamedTuple):
    """What was said of the stream itself: `end` or `error`; the offset behind it, and how many messages follow."""

    name: str
    offset: int
    messages_behind: int


def read_remarks(written: bytes) -> tuple[Remark, ...]:
    """What lines of JSON say of the stream itself so far."""
    if b'"end"' not in written and b'"error"' not in written:
        return ()
    found: list[tuple[str, int, int]] = []
    offset = messages = 0
    for line in written.split(b"\n")[:-1]:
        offset += len(line) + 1
        messages += len([*_json_line(line)])
        found += [(name, offset, messages) for name in _remarks_in(line)]
    return tuple(Remark(name, end, messages - before) for name, end, before in found)


def _remarks_in(line: bytes) -> Iterator[str]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return
    if isinstance(entry, dict) and not {"message", "hex"} & entry.keys():
        yield from ("end",) if entry.get("end") is True else ()
        yield from ("error",) if "error" in entry else ()


def _line(line: bytes) -> Iterator[Value]:
    yield line


def _json_line(line: bytes) -> Iterator[Value]:
    try:
        entry = json.loads(line)
        if isinstance(entry, dict) and "message" in entry:
            yield _in_octets(entry["message"])
        elif isinstance(entry, dict) and "hex" in entry:
            yield bytes.fromhex(entry["hex"])
    except (ValueError, TypeError, RecursionError):
        return


def _in_octets(value: object) -> Value:
    """JSON has no octets, so text stands for its octets in UTF-8."""
    match value:
        case str():
            return value.encode(errors="surrogatepass")
        case dict():
            return {name: _in_octets(item) for name, item in value.items()}
        case list():
            return tuple(map(_in_octets, value))
        case _:
            return cast(Value, value)  # numbers, true, false and null


def _found(written: bytes, pattern: re.Pattern[str]) -> Iterator[Frame]:
    text = written.decode(errors="surrogateescape")
    for match in pattern.finditer(text):
        for group, decode in _GROUPS.items():
            if match.groupdict().get(group) is not None:
                yield _entry(decode(match[group]), match[0].encode(errors="surrogateescape"))


def _literal(text: str) -> Value:
    """A Python literal of text or octets; what is none stands for itself."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        value = None
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    return value if isinstance(value, bytes) else text.encode(errors="surrogateescape")


def _base64(text: str) -> Value:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return text.encode(errors="surrogateescape")


def _hex(text: str) -> Value:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode(errors="surrogateescape")


_GROUPS: Mapping[str, Callable[[str], Value]] = {
    "text": lambda text: text.encode(errors="surrogateescape"),
    "hex": _hex,
    "repr": _literal,
    "base64": _base64,
}
GROUP_NAMES = tuple(_GROUPS)


def _entry(message: Value, octets: bytes) -> Frame:
    return Frame(message=message, wire=octets, spans=(Span(name="entry", role=Role.BODY, start=0, end=len(octets)),))
