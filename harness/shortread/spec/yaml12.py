"""YAML text -> plain data that remembers where every value was written.

Follows the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): `on`, `no` and `1:30` are
text and `017` is seventeen. PyYAML scans and parses; nodes and values are made here, from its events, because
its composer recurses as deep as the text nests, and forgets what was plain and what was tagged.

Beyond the core schema there are four tags for octets and long texts:

    !hex 00ff 0d0a | !base64 AP8NCg== | !repeat [what, times] | !file path
"""

from __future__ import annotations

import base64
import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import yaml

from shortread.errors import Problem, UsageError

MAX_TEXT_BYTES: Final = 1 << 20
MAX_LITERAL_BYTES: Final = 64 << 20
MAX_NODES: Final = 100_000
MAX_DEPTH: Final = 64
MAX_NUMBER_CHARACTERS: Final = 1000

Parser: TypeAlias = "type[yaml.SafeLoader] | type[yaml.CSafeLoader]"
PARSERS: Final[tuple[Parser, ...]] = (
    (yaml.CSafeLoader, yaml.SafeLoader) if yaml.__with_libyaml__ else (yaml.SafeLoader,)
)
"""The parsers that PyYAML has here, the fastest first. What both accept, they read alike; each refuses some tabs."""

_TAGS: Final[Mapping[str, str]] = {
    "!hex": "!hex 00ff 0d0a",
    "!base64": "!base64 AP8NCg==",
    "!repeat": "!repeat [x, 1024]",
    "!file": "!file body.bin",
}
"""The tags, each with an example."""

_CONSTANTS: Final[Mapping[str, bool | float | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_NUMBERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...]] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 8)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)

_NOT_PRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

# Each parser has its own words, and they are meant for people who write parsers: (its words, found, remedy).
_SYNTAX: Final = (
    (
        r"mapping values are not allowed",
        "a ':' where no key can be",
        'put a text with ": " into quotes, and indent the keys of a mapping alike',
    ),
    (
        r"cannot start any token",
        "a character that no value starts with",
        "put the text into quotes, and use spaces instead of tabs",
    ),
    (
        r"expected ',' or '[]}]'",
        "a bracket that is not closed",
        "close it, and put a text with brackets, braces or commas into quotes",
    ),
    (r"node content", "no value where one is needed", "put a text that starts with a sign into quotes"),
    (r"unexpected end of stream", "quotes that are not closed", "close them"),
    (r"could not find expected ':'", "a line without ':'", "write it as key: value"),
    (
        r"did not find expected (key|'-' indicator)|expected <block end>",
        "a line that does not continue what is above it",
        "indent it like its neighbours",
    ),
    (
        r"escape (code|character|sequence)|hexdecimal",
        "an unknown escape in double quotes",
        "double the backslash, or use single quotes",
    ),
)
_START: Final = "start with 'shortread: KIND/VERSION'"
_OTHER_SYNTAX: Final = ("something else", "look for missing quotes, brackets and spaces here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value and where it was written; `line` and `column` count from 1.

    `children` are the nodes of a list by index or of a mapping by key, `keys` the nodes of a mapping's keys.
    `meant_text` is what the author may have meant by a mapping, such as `{port}`; else it is empty.
    """

    value: Any
    line: int
    column: int
    children: Mapping[str | int, Node] = field(default_factory=dict)
    keys: Mapping[str | int, Node] = field(default_factory=dict)
    meant_text: str = ""

    @property
    def remedy_for_text(self) -> str:
        """What to do if text was expected here; empty when what was written gives no hint."""
        return f'quote it: "{self.meant_text}"' if self.meant_text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML document whose top level is a mapping; `file` is its name in messages."""

    file: str
    root: Node = field(repr=False)

    @property
    def data(self) -> dict[str, Any]:
        """Plain data: dict, list, str, bytes, int, float, bool and None.

        The keys of the top level are text; those further down may be whole numbers too. Aliases share
        objects, so nothing in it may be changed.
        """
        data: dict[str, Any] = self.root.value
        return data

    def position(self, path: Sequence[str | int], *, of_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the deepest node that exists along `path`, or `of_key` of its key."""
        node = place = self.root
        for part in path:
            child = node.children.get(part)
            if child is None:
                break
            place = node.keys.get(part, child) if of_key else child
            node = child
        return place.line, place.column

    def where(self, path: Sequence[str | int], *, of_key: bool = False) -> str:
        """`file:line:column` of what `position` finds."""
        line, column = self.position(path, of_key=of_key)
        return f"{self.file}:{line}:{column}"

    def remedy_for_text(self, path: Sequence[str | int]) -> str:
        """What to do if text was expected at `path`, which must exist; empty when there is no hint."""
        node = self.root
        for part in path:
            node = node.children[part]
        return node.remedy_for_text


def load_file(path: Path) -> Document:
    """Read a YAML file; `!file` is relative to its folder.

    Raises UsageError with every problem of the file, or with the reason why it cannot be read.
    """
    octets = _read(path)
    _refuse_long(len(octets), file=str(path))
    return load_document(_decode(octets, file=str(path)), file=str(path), folder=path.parent)


def load_document(text: str, *, file: str, folder: Path | None = None, parser: Parser = PARSERS[0]) -> Document:
    """Read YAML text. `file` is its name in messages; `!file` reads in `folder`, or without it nowhere.

    Raises UsageError with every problem, in the order of the text. Bad syntax, a second document and a broken
    limit end the search: `MAX_TEXT_BYTES`, `MAX_DEPTH` and `MAX_NODES` with every alias expanded, and
    `MAX_LITERAL_BYTES` for what the tags make in all.
    """
    _refuse_long(len(text.encode(errors="surrogatepass")), file=file)
    text = text.removeprefix("\ufeff")
    _refuse_unprintable(text, file=file)
    reader = _Reader(_events(text, file=file, parser=parser), file=file, folder=folder)
    try:
        root = reader.document()
    except UsageError as end:
        raise UsageError([*reader.problems, *end.problems]) from None
    if reader.problems:
        raise UsageError(reader.problems)
    return Document(file=file, root=root)


def require_kind(document: Document, kind: str, version: int) -> None:
    """Raise UsageError unless the document starts with `shortread: KIND/VERSION`."""
    wanted = f"{kind}/{version}"
    first = next(iter(document.data), "")
    if first != "shortread":
        remedy = did_you_mean(first, ["shortread"]) or "add it as the first line"
        if "shortread" in document.data:
            remedy = "move it to the top"
        found = name_keys([first]) if document.data else "an empty mapping"
        _stop(document.where([first], of_key=True), f"'shortread: {wanted}' first", found, remedy)
    written = document.data["shortread"]
    if written != wanted:
        remedy = did_you_mean(written, [wanted]) or f"write 'shortread: {wanted}'"
        _stop(document.where(["shortread"]), f"'{wanted}'", in_words(written), remedy)


def in_words(value: object) -> str:
    """A short rendering of plain data that says its kind, to stand after "found"."""
    match value:
        case None:
            words = "nothing"
        case bool():
            words = f"the truth value {str(value).lower()}"
        case int() | float():
            words = f"the number {value}"
        case str():
            words = f"the text {_quoted(value)}" if value else "an empty text"
        case bytes():
            words = f"the octets {value[:20].hex()}{'…' * (len(value) > 20)}" if value else "no octets"
        case list():
            words = f"a list of {len(value)}" if value else "an empty list"
        case dict():
            words = f"a mapping with {name_keys(value)}" if value else "an empty mapping"
        case _:
            words = f"a {type(value).__name__}"
    return words


def name_keys(keys: Iterable[object]) -> str:
    """Keys as messages list them: "the key 'a'", "the keys 'a', 'b'"."""
    names = [_quoted(str(key)) for key in keys]
    return f"the key{'s' * (len(names) > 1)} {', '.join(names[:20])}{', …' * (len(names) > 20)}"


def did_you_mean(found: object, known: Iterable[str]) -> str:
    """Ask whether the known word that is most similar was meant; empty when none is similar."""
    matches = difflib.get_close_matches(str(found), list(known), n=1, cutoff=0.55)
    return f"did you mean '{matches[0]}'?" if matches else ""


def _stop(where: str, expected: str, found: str, remedy: str) -> NoReturn:
    raise UsageError.single(where=where, expected=expected, found=found, remedy=remedy) from None


class _Refusal(Exception):  # noqa: N818 - an answer to one value, which the reader turns into a problem
    """What is wrong with a value, without its place."""

    def __init__(self, expected: str, found: str, remedy: str) -> None:
        super().__init__(expected, found, remedy)
        self.expected, self.found, self.remedy = expected, found, remedy


_REFUSED: Final = object()
"""Stands where a value was refused, so that nothing more is said about it."""


class _Reader:
    """Makes nodes from events, by a recursion that `MAX_DEPTH` bounds, and collects problems."""

    def __init__(self, events: Iterator[yaml.Event], *, file: str, folder: Path | None) -> None:
        self.problems: list[Problem] = []
        self._events = events
        self._file = file
        self._folder = folder
        self._anchors: dict[str, Node | None] = {}  # None from where a value starts to where it ends
        self._nodes = 0
        self._literal_bytes = 0

    def document(self) -> Node:
        """The top node, whose value is a mapping unless `problems` were found."""
        next(self._events)  # the start of the stream
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            _stop(f"{self._file}:1:1", "a mapping", "an empty document", _START)
        first = next(self._events)
        root = self._node(first, depth=1)
        if not isinstance(root.value, dict) and root.value is not _REFUSED:
            self._report(first, "a mapping", in_words(root.value), _START)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            remedy = "remove the '---', or use two files"
            _stop(self._where(after), "the end of the file", "a second document", remedy)
        return root

    def _node(self, event: yaml.Event, *, depth: int) -> Node:
        assert isinstance(event, yaml.NodeEvent)
        name = None if isinstance(event, yaml.AliasEvent) else event.anchor
        if name is not None:
            self._anchors[name] = None
        try:
            node = self._read(event, depth=depth)
        except _Refusal as no:
            self._report(event, no.expected, no.found, no.remedy)
            node = _made(event, _REFUSED)
        if name is not None:
            self._anchors[name] = node
        return node

    def _read(self, event: yaml.NodeEvent, *, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, depth=depth)
        self._admit(event, depth=depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth=depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth=depth)
        assert isinstance(event, yaml.ScalarEvent)
        return _made(event, self._scalar(event))

    def _aliased(self, event: yaml.AliasEvent, *, depth: int) -> Node:
        name = str(event.anchor)
        node = self._anchors.get(name)
        if node is not None:
            for inner, level in _expanded(node, depth=depth):
                self._admit(event, depth=level)
                self._admit_literal(event, _size(inner.value))
            return node
        if name in self._anchors:
            raise _Refusal("a value that ends", f"*{name} inside of &{name}", "write the inner value out")
        remedy = did_you_mean(name, self._anchors) or "put a text that starts with * into quotes"
        raise _Refusal("the name of an anchor above", f"*{name}", remedy)

    def _mapping(self, event: yaml.MappingStartEvent, *, depth: int) -> Node:
        keys: dict[str | int, Node] = {}
        children: dict[str | int, Node] = {}
        while not isinstance(start := next(self._events), yaml.MappingEndEvent):
            key = self._node(start, depth=depth + 1)
            accepted = self._accepts_key(start, key, keys, at_top=depth == 1)
            event_of_child = next(self._events)
            child = self._node(event_of_child, depth=depth + 1)
            if _is_absent(event_of_child):
                child = replace(child, line=key.line, column=key.column)
            if accepted:
                keys[key.value], children[key.value] = key, child
        if event.tag is not None:
            raise _no_such_tag(event.tag)
        value = {key: child.value for key, child in children.items()}
        looks_like_text = event.flow_style and list(value.values()) == [None]
        meant_text = f"{{{next(iter(value))}}}" if looks_like_text else ""
        return _made(event, value, children=children, keys=keys, meant_text=meant_text)

    def _accepts_key(self, event: yaml.Event, key: Node, before: Mapping[str | int, Node], *, at_top: bool) -> bool:
        value = key.value
        if value is _REFUSED:
            return False
        if type(value) is not str and (at_top or type(value) is not int):
            remedy = key.remedy_for_text or "put it into quotes"
            self._report(event, "a key that is text", in_words(value), remedy)
            return False
        if value == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
            self._report(event, "a key", "the merge key <<", "use an anchor on the whole value")
            return False
        if value in before:
            found = f"{name_keys([value])} again, after line {before[value].line}"
            self._report(event, "every key once", found, "remove one of the two")
            return False
        return True

    def _sequence(self, event: yaml.SequenceStartEvent, *, depth: int) -> Node:
        children: dict[str | int, Node] = {}
        while not isinstance(start := next(self._events), yaml.SequenceEndEvent):
            children[len(children)] = self._node(start, depth=depth + 1)
        value = [child.value for child in children.values()]
        if event.tag is None:
            return _made(event, value, children=children)
        if event.tag == "!repeat":
            return _made(event, self._repeat(event, value))
        raise _no_such_tag(event.tag)

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        match event.tag:
            case None:
                return _plain(event.value) if event.implicit[0] else _unicode(event.value)
            case "!hex":
                return _hex(event.value)
            case "!base64":
                return _base64(event.value)
            case "!file":
                return self._content(event)
        raise _no_such_tag(event.tag)

    def _repeat(self, event: yaml.Event, arguments: list[Any]) -> object:
        if _REFUSED in arguments:
            return _REFUSED
        match arguments:
            case [str() | bytes() as what, int() as times] if times >= 0 and not isinstance(times, bool):
                size = _size(what) * times
                self._admit_literal(event, size)
                return what * times if size else what[:0]
        expected = "[what, times] after !repeat: text or octets, and a whole number"
        found = ", ".join(map(in_words, arguments)) or "an empty list"
        raise _Refusal(expected, found, f"for example: {_TAGS['!repeat']}")

    def _content(self, event: yaml.ScalarEvent) -> bytes:
        if self._folder is None:
            raise _Refusal("a value in the text itself", "!file", "use !hex or !base64")
        found = in_words(event.value)
        try:
            path = (self._folder / event.value).resolve()
            if not path.is_relative_to(self._folder.resolve()):
                raise _Refusal("a path that stays in the folder", found, "copy the file there")
            if not path.is_file():
                remedy = "check the path; it starts in the folder of this YAML file"
                raise _Refusal("the path of a file", found, remedy)
            with path.open("rb") as file:
                octets = file.read(MAX_LITERAL_BYTES + 1)
        except (OSError, RuntimeError, ValueError) as error:  # also links in a circle, and a NUL
            raise _Refusal("the path of a file", found, f"{error}") from None
        self._admit_literal(event, len(octets))
        return octets

    def _admit(self, event: yaml.Event, *, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            expected = f"at most {MAX_NODES:,} values with every alias expanded"
            _stop(self._where(event), expected, "more", "use fewer aliases, or several files")
        if depth > MAX_DEPTH:
            _stop(self._where(event), f"at most {MAX_DEPTH} levels", "one more", "nest less deeply")

    def _admit_literal(self, event: yaml.Event, size: int) -> None:
        self._literal_bytes += size
        if self._literal_bytes > MAX_LITERAL_BYTES:
            expected = f"at most {MAX_LITERAL_BYTES:,} octets of literal values in all"
            _stop(self._where(event), expected, f"{self._literal_bytes:,}", "make the values shorter")

    def _report(self, event: yaml.Event, expected: str, found: str, remedy: str) -> None:
        self.problems.append(Problem(where=self._where(event), expected=expected, found=found, remedy=remedy))

    def _where(self, event: yaml.Event) -> str:
        line, column = _place(event.start_mark)
        return f"{self._file}:{line}:{column}"


def _made(event: yaml.Event, value: object, **more: Any) -> Node:
    line, column = _place(event.start_mark)
    return Node(value=value, line=line, column=column, **more)


def _place(mark: Any) -> tuple[int, int]:
    """Marks count from 0, people from 1."""
    return mark.line + 1, mark.column + 1


def _is_absent(event: yaml.Event) -> bool:
    """Whether nothing was written; each parser has its own idea where that is."""
    return isinstance(event, yaml.ScalarEvent) and not event.value and event.implicit[0] and not event.anchor


def _expanded(node: Node, *, depth: int) -> Iterator[tuple[Node, int]]:
    yield node, depth
    for child in node.children.values():
        yield from _expanded(child, depth=depth + 1)


def _size(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
    return 0


def _plain(text: str) -> object:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    number = next((number for pattern, number in _NUMBERS if pattern.fullmatch(text)), None)
    if number is None:
        return text
    if len(text) > MAX_NUMBER_CHARACTERS:
        expected = f"a number of at most {MAX_NUMBER_CHARACTERS:,} characters"
        raise _Refusal(expected, f"{len(text):,}", "put it into quotes if it is text")
    return number(text)


def _unicode(text: str) -> str:
    """Only the pure parser lets an escape name half a character, which no file can hold."""
    if _SURROGATE.search(text):
        raise _Refusal("text", "half of a surrogate pair", r"write \U and eight digits")
    return text


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex("".join(text.split()))
    except ValueError:
        remedy = f"for example: {_TAGS['!hex']}"
        raise _Refusal("pairs of hex digits after !hex", in_words(text), remedy) from None


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        remedy = f"for example: {_TAGS['!base64']}"
        raise _Refusal("base64 after !base64", in_words(text), remedy) from None


def _no_such_tag(tag: str) -> _Refusal:
    if tag in _TAGS:
        shape = "[what, times]" if tag == "!repeat" else "a text"
        return _Refusal(f"{shape} after {tag}", "something else", f"write {_TAGS[tag]}")
    written = tag.replace("tag:yaml.org,2002:", "!!")
    remedy = did_you_mean(written, _TAGS) or "remove it, or put a text that starts with ! into quotes"
    return _Refusal(f"no tag, or one of {', '.join(_TAGS)}", written, remedy)


def _quoted(text: str) -> str:
    return repr(text) if len(text) <= 50 else f"{text[:40]!r}… ({len(text):,} characters)"


def _events(text: str, *, file: str, parser: Parser) -> Iterator[yaml.Event]:
    """The events of `text`, with a UsageError in place of what the parsers raise."""
    whole_lines = text if text.endswith("\n") else f"{text}\n"  # the parsers disagree about where others end
    try:
        yield from yaml.parse(whole_lines, Loader=parser)
    except yaml.MarkedYAMLError as error:
        line, column = _place(error.problem_mark or error.context_mark)
        said = f"{error.context} {error.problem}"
        found, remedy = next((row[1:] for row in _SYNTAX if re.search(row[0], said)), _OTHER_SYNTAX)
        _stop(f"{file}:{line}:{column}", "YAML", found, remedy)
    except (OverflowError, ValueError):  # the pure parser, for an escape beyond the last code point
        _stop(file, "YAML", _SYNTAX[-1][1], _SYNTAX[-1][2])


def _refuse_long(size: int, *, file: str) -> None:
    if size > MAX_TEXT_BYTES:
        remedy = "use !repeat or !file for long values"
        _stop(file, f"at most {MAX_TEXT_BYTES:,} octets of YAML", "more", remedy)


def _refuse_unprintable(text: str, *, file: str) -> None:
    """YAML 1.2.2, 5.1: the parsers stop at such a character too, but do not agree on its place."""
    match = _NOT_PRINTABLE.search(text)
    if match is not None:
        remedy = r'write it as an escape in double quotes, such as "\x07", or use !hex'
        where = _where_after(text[: match.start()], file=file)
        _stop(where, "printable characters", f"U+{ord(match[0]):04X}", remedy)


def _where_after(text: str, *, file: str) -> str:
    return f"{file}:{text.count(chr(10)) + 1}:{len(text) - text.rfind(chr(10))}"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_TEXT_BYTES + 1)
    except FileNotFoundError:
        known = [other.name for other in path.parent.glob("*.yaml")]
        found, remedy = "no such file", did_you_mean(path.name, known) or "check the path"
    except IsADirectoryError:
        found, remedy = "a folder", "name a file in it"
    except OSError as error:
        found, remedy = error.strerror or "an error", "make sure that the file can be read"
    _stop(str(path), "a YAML file", found, remedy)


def _decode(octets: bytes, *, file: str) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        where = _where_after(octets[: error.start].decode(), file=file)
        remedy = "save the file as UTF-8, and write octets with !hex"
        _stop(where, "UTF-8", f"the octet {octets[error.start]:02x}", remedy)
