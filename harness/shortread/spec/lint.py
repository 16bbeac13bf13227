"""What makes a spec impossible or dangerous although each of its keys is well formed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from shortread.errors import Problem
from shortread.expected import parse_expected, types_in
from shortread.spec import model
from shortread.spec.codes import Code
from shortread.spec.expressions import parse_expression
from shortread.spec.fields import extent_of
from shortread.spec.model import AnyField, Spec
from shortread.spec.yaml12 import Document, did_you_mean
from shortread.value import describe

Path = tuple[str | int, ...]
Side = Literal["client", "server"]

_MAX_PARTS = 1000
_MAX_DEPTH = 64
_MAX_WAYS = 100
_MAX_MESSAGES_BYTES = 20 << 20
_MAX_RAW_BYTES = 1 << 16
_MAX_DIGITS = 1000
_MAX_BITS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that a rule objects to; `path` leads to it through the spec's keys and indices."""

    path: Path
    expected: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Place:
    """A sequence of fields: where it stands, and the sequence around it."""

    path: Path
    fields: Sequence[AnyField]
    around: Place | None = None

    def field_path(self, at: int, *keys: str) -> Path:
        """The path of a field, or of one of its keys."""
        name = self.fields[at].name
        return (*self.path, at, *([name] if name else []), *keys)

    @property
    def names(self) -> list[str]:
        """The names that this sequence gives to its own fields, bits included."""
        names = [field.name for field in self.fields if field.name]
        return names + [bit for field in self.fields if isinstance(field, model.BitsField) for bit in field.bits]


class Whole:
    """A spec, with what the rules for its fields ask about all of it."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.places = tuple(places_of(spec))
        self.names = frozenset(name for place in self.places for name in place.names)
        self.reading_types = _types_that_read(spec)


def lint(spec: Spec, document: Document) -> list[Problem]:
    """Everything that the rules object to, in the order of the file; only its size, where that is too much."""
    objections = [objection for size_rule in SIZE_RULES for objection in size_rule(spec)]
    if not objections:
        whole = Whole(spec)
        objections = [objection for place in whole.places for rule in FIELD_RULES for objection in rule(place, whole)]
        objections += [objection for spec_rule in RULES for objection in spec_rule(spec)]
    objections.sort(key=lambda objection: document.position(objection.path))
    return [
        Problem(
            where=document.where(objection.path),
            expected=objection.expected,
            found=objection.found,
            remedy=objection.remedy,
        )
        for objection in objections
    ]


def places_of(spec: Spec) -> Iterator[Place]:
    """Every sequence of fields in a spec, the enclosing ones first."""
    for name, fields in spec.types.items():
        yield from _with_inner(Place(("types", name), fields))
    for path, frame in _frames(spec):
        if isinstance(frame, list):
            yield from _with_inner(Place(path, frame))


def _frames(spec: Spec) -> Iterator[tuple[Path, object]]:
    directions: list[tuple[Path, model.Direction]] = []
    if spec.directions is not None:
        directions = [(("directions", side), spec.direction(side)) for side in ("client", "server")]
    else:
        directions = [((), spec.direction("client"))]
    for path, direction in directions:
        if direction.frame is not None:
            yield (*path, "frame"), direction.frame
        for name, phase in (direction.phases or {}).items():
            yield (*path, "phases", name, "frame"), phase.frame


def _with_inner(place: Place) -> Iterator[Place]:
    yield place
    for at, _ in enumerate(place.fields):
        for path, reference in _references(place, at):
            if isinstance(reference, list):
                yield from _with_inner(Place(path, reference, place))


def _references(place: Place, at: int) -> Iterator[tuple[Path, object]]:
    """The types that a field leads to, each with its path."""
    match place.fields[at]:
        case model.TypeField() as field:
            yield place.field_path(at, "type"), field.type
        case model.BytesField(as_=str() as name):
            yield place.field_path(at, "as"), name
        case model.RepeatField() as field:
            yield place.field_path(at, "repeat"), field.repeat
        case model.ChoiceField() as field:
            for tag, case in (field.cases or {}).items():
                yield (*place.field_path(at, "cases"), tag), case
            for number, when in enumerate(field.when or []):
                yield (*place.field_path(at, "when"), number, "then"), when.then
            if field.else_ != "reject":
                yield place.field_path(at, "else"), field.else_


def _specs_are_small(spec: Spec) -> Iterator[Objection]:
    """A spec has at most 1,000 fields, types, phases and alternatives, as what is larger takes long to check."""
    size = 0
    for path, phases in _phases(spec):
        for name, phase in phases.items():
            size += 1 + len(phase.next)
            if size > _MAX_PARTS:
                yield _too_large((*path, "phases", name))
                return
    for place in places_of(spec):
        for at, _ in enumerate(place.fields):
            size += 1 + sum(1 for _ in _references(place, at))
            if size > _MAX_PARTS:
                yield _too_large(place.field_path(at))
                return


def _too_large(path: Path) -> Objection:
    return Objection(
        path=path,
        expected=f"at most {_MAX_PARTS:,} fields, types, phases and alternatives in all",
        found="more",
        remedy="describe less of the protocol: what the framing does not need can be bytes",
    )


def _types_are_shallow(spec: Spec) -> Iterator[Objection]:
    """Types contain each other at most 64 deep, which is as deep as frames may be."""
    for frame_path, frame in _frames(spec):
        waiting: list[tuple[Path, object, int]] = [(frame_path, frame, 1)]
        seen: set[object] = set()
        while waiting:
            path, reference, depth = waiting.pop()
            if depth > _MAX_DEPTH:
                yield Objection(
                    path=path,
                    expected=f"types that contain each other at most {_MAX_DEPTH} deep",
                    found="one more",
                    remedy="nest less deeply",
                )
                return
            if isinstance(reference, str):
                if reference in seen:
                    continue
                seen.add(reference)
                path, reference = ("types", reference), spec.types.get(reference)
            place = Place(path, reference if isinstance(reference, list) else [])
            inner = [(*way, depth + 1) for at, _ in enumerate(place.fields) for way in _references(place, at)]
            # The first comes next, as it does where types are made ready.
            waiting += reversed(inner)


def _messages_are_small(spec: Spec) -> Iterator[Objection]:
    """What is sent has at most 20 MiB in all, and 64 KiB where each octet is a message."""
    limit = _MAX_RAW_BYTES if spec.direction("client").frame == "raw" else _MAX_MESSAGES_BYTES
    messages: list[tuple[Path, object]] = [(("messages", at), message) for at, message in enumerate(spec.messages)]
    messages += [(("exchange", at), (step.send, step.expect)) for at, step in enumerate(spec.exchange or [])]
    size = 0
    for path, message in messages:
        size += _size(message)
        if size > limit:
            yield Objection(
                path=path,
                expected=f"at most {limit:,} octets in all that is sent",
                found=f"{size:,} up to here",
                remedy="make the messages shorter",
            )
            return


def _size(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case Mapping():
            return sum(map(_size, value.values()))
        case list() | tuple():
            return sum(map(_size, value))
    return 0


SIZE_RULES: Sequence[Callable[[Spec], Iterator[Objection]]] = (
    _specs_are_small,
    _types_are_shallow,
    _messages_are_small,
)
"""Rules that come first: where one objects, the others would take too long."""


def _frame_is_said_once(spec: Spec) -> Iterator[Objection]:
    """A spec says its frames in one way: by a grammar, or as they were recorded."""
    known = ("frame", "phases", "directions", "frames", "turns")
    ways = [way for way in known if getattr(spec, way) is not None]
    if len(ways) != 1:
        yield Objection(
            path=(ways[1],) if ways else (),
            expected="one of frame, phases and directions, or of frames and turns that were recorded",
            found=" and ".join(ways) or "none",
            remedy="say once what a frame is",
        )


def _types_exist(spec: Spec) -> Iterator[Objection]:
    """Every type that is named is there."""
    inside = [*spec.types, "nothing", *get_args(model.BinaryNumber)]
    named = [(path, frame, list(spec.types)) for path, frame in _frames(spec) if frame not in ("none", "raw")]
    for place in places_of(spec):
        for at, _ in enumerate(place.fields):
            named += [(*reference, inside) for reference in _references(place, at)]
    for path, reference, known in named:
        if isinstance(reference, str) and reference not in known:
            yield Objection(
                path=path,
                expected="the name of a type: " + (", ".join(known[: len(spec.types) + 1]) or "the spec has none"),
                found=f"'{reference}'",
                remedy=did_you_mean(reference, known) or "add it below types",
            )


def _types_read_something(spec: Spec) -> Iterator[Objection]:
    """A type that begins with itself would never read an octet."""
    first = {name: fields[0].type for name, fields in spec.types.items() if isinstance(fields[0], model.TypeField)}
    for name in spec.types:
        seen, here = {name}, first.get(name)
        while here is not None and here not in seen:
            seen.add(here)
            here = first.get(here)
        if here == name:
            yield Objection(
                path=("types", name),
                expected="a type that reads an octet before it contains itself",
                found=f"'{name}' begins with itself",
                remedy="put the field that decides first",
            )


def _phases(spec: Spec) -> Iterator[tuple[Path, Mapping[str, model.Phase]]]:
    """The phases of each direction."""
    if spec.directions is None:
        yield (), spec.phases or {}
        return
    yield ("directions", "client"), spec.directions.client.phases or {}
    yield ("directions", "server"), spec.directions.server.phases or {}


def _phases_lead_somewhere(spec: Spec) -> Iterator[Objection]:
    """Every phase that is named is there, and every phase can be reached."""
    for path, phases in _phases(spec):
        targets = {target for phase in phases.values() for target in phase.next}
        for name, phase in phases.items():
            for target in phase.next:
                if target not in phases:
                    yield Objection(
                        path=(*path, "phases", name, "next", target),
                        expected="a phase: " + ", ".join(phases),
                        found=f"'{target}'",
                        remedy=did_you_mean(target, phases) or "add the phase",
                    )
        for name in list(phases)[1:]:
            if name not in targets:
                yield Objection(
                    path=(*path, "phases", name),
                    expected="a phase that another one leads to",
                    found=f"'{name}', which nothing leads to",
                    remedy="name it below next, or remove it",
                )


def _message_names_fields(spec: Spec) -> Iterator[Objection]:
    """What the application sees are fields of the frame."""
    if not isinstance(spec.frame, list):
        return
    names = [name for name in Place((), spec.frame).names if not _is_constant(spec.frame, name)]
    wanted = [spec.message] if isinstance(spec.message, str) else spec.message or []
    for name in wanted:
        if name not in names:
            yield Objection(
                path=("message",),
                expected="message: the field that the application sees, one of " + ", ".join(names),
                found=f"'{name}'",
                remedy=did_you_mean(name, names) or f"write for example message: {names[-1] if names else 'body'}",
            )


def _message_names_each_once(spec: Spec) -> Iterator[Objection]:
    """A message has each of its fields once."""
    lists: list[tuple[Path, object]] = [(("message",), spec.message)]
    if spec.directions is not None:
        sides = (("client", spec.directions.client), ("server", spec.directions.server))
        lists += [(("directions", side, "message"), direction.message) for side, direction in sides]
    lists += [
        ((*path, "phases", name, "message"), phase.message)
        for path, phases in _phases(spec)
        for name, phase in phases.items()
    ]
    for path, names in lists:
        for name, times in Counter(names if isinstance(names, list) else []).items():
            if times > 1:
                yield Objection(
                    path=path,
                    expected="each field once",
                    found=f"'{name}' {times} times",
                    remedy=f"write '{name}' once",
                )


def _messages_say_everything(spec: Spec) -> Iterator[Objection]:
    """A field that no message gives and nothing derives could not be built."""
    if not isinstance(spec.frame, list) or spec.message is None:
        return
    place = Place(("frame",), spec.frame)
    wanted = [spec.message] if isinstance(spec.message, str) else spec.message
    if not set(place.names).issuperset(wanted):
        return
    for at, field in enumerate(spec.frame):
        if field.name and not _is_derived(field) and field.name not in wanted:
            yield Objection(
                path=place.field_path(at),
                expected=f"'{field.name}' among the fields of message, or a number that counts something",
                found="a field that nothing gives a value",
                remedy=f"add '{field.name}' to message, or make it a constant",
            )


def _something_is_said(spec: Spec) -> Iterator[Objection]:
    """There is something to send: messages, an exchange, or what was recorded."""
    if not (spec.messages or spec.exchange or spec.is_recorded):
        yield Objection(
            path=("messages",),
            expected="messages to send",
            found="none",
            remedy="add one that is short, and an empty one",
        )
    for number, step in enumerate(spec.exchange or []):
        if not (step.is_sent or step.is_expected):
            yield Objection(
                path=("exchange", number),
                expected="send, expect, or both",
                found="neither",
                remedy="say what is sent, or what must come",
            )
    for way, steps in (("exchange", spec.exchange), ("turns", spec.turns)):
        if steps is not None and not any("send" in step.model_fields_set for step in steps):
            yield Objection(
                path=(way,),
                expected="at least one message to send",
                found="only what must come",
                remedy="add a step that sends one",
            )
    for number, turn in enumerate(spec.turns or []):
        if (turn.send is None) == (turn.expect is None):
            yield Objection(
                path=("turns", number),
                expected="one of send and expect",
                found="both" if turn.send is not None else "neither",
                remedy="make it the turn of one side",
            )
    for number, (turn, following) in enumerate(pairwise(spec.turns or []), start=1):
        if turn.expect == b"any" and following.send is None:
            yield Objection(
                path=("turns", number),
                expected="a turn of ours behind one that is not compared",
                found="another of theirs",
                remedy="write both as one, or leave this one out",
            )


def _expected_types_exist(spec: Spec) -> Iterator[Objection]:
    """Every type that a reply is expected to be of is there."""
    written: list[tuple[Path, object]] = [
        (("exchange", number, "expect"), step.expect) for number, step in enumerate(spec.exchange or [])
    ]
    written.append((("on_malformed", "error"), spec.on_malformed.error))
    for path, expected in written:
        for name in types_in(parse_expected(expected)):
            if name not in spec.types:
                yield Objection(
                    path=path,
                    expected="the name of a type: " + (", ".join(spec.types) or "the spec has none"),
                    found=f"'{name}'",
                    remedy=did_you_mean(name, spec.types) or "name a type, or write {literal: …} for a message",
                )


def _replies_are_said_once(spec: Spec) -> Iterator[Objection]:
    """What must come back is said in one way; `close` only says when the connection ends, and may stand beside one."""
    ways = [way for way in ("reply", "exchange", "turns") if getattr(spec, way) is not None]
    if len(ways) > 1 and not (spec.reply == "close" and ways == ["reply", "exchange"]):
        yield Objection(
            path=(ways[0],),
            expected="one of reply, exchange and turns",
            found=" and ".join(ways),
            remedy="say once what must come back",
        )
    if spec.exchange is not None and spec.is_recorded:
        yield Objection(
            path=("exchange",),
            expected="frames that are described",
            found="frames that were recorded",
            remedy="use turns, or describe the frames",
        )


def _volatile_fields_exist(spec: Spec) -> Iterator[Objection]:
    """What may differ between two runs are fields of what comes back."""
    known = sorted({name for place in places_of(spec) for name in place.names})
    for number, name in enumerate(spec.volatile):
        field, _, _ = name.partition(".")
        if field not in known:
            yield Objection(
                path=("volatile", number),
                expected="the name of a field",
                found=f"'{field}'",
                remedy=did_you_mean(field, known) or "name a field of the replies",
            )


def _transitions_speak_of_fields(spec: Spec) -> Iterator[Objection]:
    """Every name in a condition of `next` is a field of the phase's frames, or of the peer."""
    for path, phases in _phases(spec):
        for name, phase in phases.items():
            fields = spec.types.get(phase.frame, []) if isinstance(phase.frame, str) else phase.frame
            known = set(Place((), fields).names)
            for target, text in phase.next.items():
                for used in sorted(parse_expression(text).names):
                    if used not in known and not used.startswith("peer."):
                        yield Objection(
                            path=(*path, "phases", name, "next", target),
                            expected="names of fields of the frame: " + (", ".join(sorted(known)) or "it has none"),
                            found=f"'{used}'",
                            remedy=did_you_mean(used, known) or "name a field, or write `1 == 1` for always",
                        )


def _peers_have_what_is_asked(spec: Spec) -> Iterator[Objection]:
    """Every `peer.NAME` is a field of the other side's frames; what no frame of its has would always be none."""
    fields: dict[tuple[Path, str], set[str]] = {}
    sides: tuple[tuple[Side, Side], ...] = (("client", "server"), ("server", "client"))
    for side, other in sides:
        known = {name for fields in _frame_fields(spec, other) for name in fields}
        for path, text in _conditions(spec, side):
            # A type may be of both sides, so it is enough that either has the field.
            fields.setdefault((path, text), set()).update(known)
    for (path, text), known in fields.items():
        for used in sorted(parse_expression(text).names):
            name = used.removeprefix("peer.")
            if name != used and name not in known:
                yield Objection(
                    path=path,
                    expected="a field of the other side: " + (", ".join(sorted(known)) or "it has none"),
                    found=f"'{used}'",
                    remedy=did_you_mean(name, known) or "name a field of its frames",
                )


def _frame_fields(spec: Spec, side: Side) -> Iterator[list[str]]:
    """The names of the fields of each kind of frame that a side sends."""
    direction = spec.direction(side)
    for frame in (direction.frame, *(phase.frame for phase in (direction.phases or {}).values())):
        if frame == "raw":
            yield ["octet"]
        fields = spec.types.get(frame, []) if isinstance(frame, str) else frame
        yield Place((), fields or []).names


def _conditions(spec: Spec, side: Side) -> Iterator[tuple[Path, str]]:
    """Every expression that is evaluated when frames of one side are parsed, with its path."""
    direction = spec.direction(side)
    root: Path = ("directions", side) if spec.directions is not None else ()
    waiting: list[tuple[Path, object]] = [((*root, "frame"), direction.frame)]
    for name, phase in (direction.phases or {}).items():
        waiting.append(((*root, "phases", name, "frame"), phase.frame))
        yield from (((*root, "phases", name, "next", target), text) for target, text in phase.next.items())
    seen: set[str] = set()
    while waiting:
        path, reference = waiting.pop()
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            path, reference = ("types", reference), spec.types.get(reference)
        if isinstance(reference, list):
            place = Place(path, reference)
            for at, field in enumerate(reference):
                yield from ((place.field_path(at, *keys), text) for keys, text in _expressions(field))
                waiting += _references(place, at)


def _fields_come_before_their_use(spec: Spec) -> Iterator[Objection]:
    """What a field needs stands before it, whichever way leads there: a tag, a key, a size, a number of items."""
    places = {place.path: place for place in places_of(spec)}
    for path, around in _said_around(spec, places).items():
        place, said = places[path], set(around)
        for at, field in enumerate(place.fields):
            for keys, name in _needed_fields(field):
                if ("field", name, "") not in said:
                    names = sorted(name for what, name, _ in said if what == "field")
                    yield Objection(
                        path=place.field_path(at, *keys),
                        expected="a field before it: " + (", ".join(names) or "there is none"),
                        found=f"'{name}'",
                        remedy=did_you_mean(name, names) or "name a field that stands before it",
                    )
            is_inside = place.around is not None or place.path[:1] == ("types",)
            for what, key in (("size", "counts"), ("items", "count_of")):
                is_needed = extent_of(field) == "counted" and is_inside
                if what == "items":
                    is_needed = isinstance(field, model.RepeatField) and field.count == "counted"
                if is_needed and not any((what, field.name) == word[:2] for word in said):
                    yield Objection(
                        path=place.field_path(at),
                        expected=f"a number before '{field.name}', the same on every way there, with {key}",
                        found="none",
                        remedy=f"add {key}: {f'[{field.name}]' if key == 'counts' else field.name} to such a number",
                    )
            said = _with_said_by(field, place, said)


Word = tuple[str, str, str]
"""What a field says that others may need: that it is there, or whose size or number of items it tells."""


def _said_around(spec: Spec, places: Mapping[Path, Place]) -> Mapping[Path, frozenset[Word]]:
    """What the sequences around each sequence have said before it, whichever way leads there."""
    around: dict[Path, frozenset[Word]] = {}
    nothing: frozenset[Word] = frozenset()
    waiting = [(("types", frame) if isinstance(frame, str) else path, nothing) for path, frame in _frames(spec)]
    while waiting:
        path, words = waiting.pop()
        words &= around.get(path, words)
        if path not in places or around.get(path) == words:
            continue
        around[path] = words
        said, place = set(words), places[path]
        for at, field in enumerate(place.fields):
            for inner, reference in _references(place, at):
                waiting.append((("types", reference) if isinstance(reference, str) else inner, frozenset(said)))
            said = _with_said_by(field, place, said)
    return around


def _with_said_by(field: AnyField, place: Place, said: set[Word]) -> set[Word]:
    """What has been said behind a field; the nearest number that tells a size is the one that counts."""
    name = field.name or ""
    bits = field.bits if isinstance(field, model.BitsField) else ()
    words = {("field", said, "") for said in (name, *bits) if said}
    words |= {("size", counted, name) for counted in _counts(field, place)}
    if isinstance(field, model.NumberField) and field.count_of is not None:
        words.add(("items", field.count_of, name))
    told = {word[:2] for word in words}
    return {word for word in said if word[:2] not in told} | words


def _needed_fields(field: AnyField) -> Iterator[tuple[tuple[str, ...], str]]:
    """The fields that must be known to parse this one, each with the key that names it."""
    match field:
        case model.CheckField(at=str() as at):
            yield ("at",), at
        case model.ChoiceField() if field.choice not in ("when", "peek"):
            yield ("choice",), field.choice
        case model.NumberField(small=str() as small):
            yield ("small",), small
        case model.ChecksumField():
            yield from ((("over",), name) for name in field.over)
        case model.TextField(charset=model.CharsetFrom() as charset):
            yield ("charset",), charset.from_.partition(".")[0]
    for transform in field.via if isinstance(field, model.ContentField) else []:
        if isinstance(transform, model.XorTransform):
            yield ("via",), transform.xor


def _values_lead_to_an_end(spec: Spec) -> Iterator[Objection]:
    """What a message says does not lead back to itself, and leads through at most 100 types and alternatives."""
    ways: dict[str, int | None] = {}
    reached = _said_around(spec, {place.path: place for place in places_of(spec)})
    for name in spec.types:
        if ("types", name) in reached and _ways(name, spec, ways) > _MAX_WAYS:
            yield Objection(
                path=("types", name),
                expected=f"a value that may be of at most {_MAX_WAYS} types, and not of this one again",
                found="more, or this one again",
                remedy="let the type have a second field with a value, or fewer alternatives",
            )
            return


def _ways(reference: object, spec: Spec, known: dict[str, int | None]) -> int:
    """How many sequences may be tried to build one value, where each hands it on as it is; too many for a circle."""
    if isinstance(reference, str):
        if reference not in known:
            known[reference] = None
            known[reference] = _ways(spec.types.get(reference, []), spec, known)
        found = known[reference]
        return _MAX_WAYS + 1 if found is None else found
    assert isinstance(reference, list)
    place = Place((), reference)
    said = [field for field in reference if field.name and not _is_derived(field)]
    if len(said) != 1 or isinstance(said[0], model.RepeatField) or any(map(_has_free_bits, reference)):
        return 1
    at = reference.index(said[0])
    return 1 + sum(_ways(inner, spec, known) for _, inner in _references(place, at))


def _has_free_bits(field: AnyField) -> bool:
    return isinstance(field, model.BitsField) and any(bit not in field.fixed for bit in field.bits)


RULES: Sequence[Callable[[Spec], Iterator[Objection]]] = (
    _frame_is_said_once,
    _types_exist,
    _types_read_something,
    _phases_lead_somewhere,
    _message_names_fields,
    _message_names_each_once,
    _messages_say_everything,
    _something_is_said,
    _expected_types_exist,
    _replies_are_said_once,
    _volatile_fields_exist,
    _transitions_speak_of_fields,
    _peers_have_what_is_asked,
    _fields_come_before_their_use,
    _values_lead_to_an_end,
)


def _names_are_unique(place: Place, whole: Whole) -> Iterator[Objection]:
    """No two fields of a sequence have one name, and everything but constants and checks has one."""
    del whole
    seen: set[str] = set()
    for at, field in enumerate(place.fields):
        if field.name in seen:
            yield Objection(
                path=place.field_path(at),
                expected="a name of its own for each field",
                found=f"a second field '{field.name}'",
                remedy="rename one of them",
            )
        seen.add(field.name or "")
        if field.name is None and not isinstance(field, model.ConstField | model.CheckField | model.BitsField):
            yield Objection(
                path=place.field_path(at),
                expected="a name before the field",
                found="none",
                remedy="write for example: - body: {bytes: counted}",
            )


def _counts_name_fields(place: Place, whole: Whole) -> Iterator[Objection]:
    """What is counted exists, here or in a type inside, and is counted once."""
    for at, field in enumerate(place.fields):
        counted = _explicit_counts(field)
        items = [field.count_of] if isinstance(field, model.NumberField) and field.count_of else []
        for key, name in (*(("counts", name) for name in counted), *(("count_of", name) for name in items)):
            if name not in whole.names:
                yield Objection(
                    path=place.field_path(at, key),
                    expected="the names of fields of this frame: " + ", ".join(place.names),
                    found=f"'{name}'",
                    remedy=did_you_mean(name, place.names) or "name a field of this frame",
                )
        for name, times in Counter(counted).items():
            if times > 1:
                what = "itself" if name == field.name else f"'{name}'"
                yield Objection(
                    path=place.field_path(at, "counts"),
                    expected="each field counted once",
                    found=f"{what} counted {times} times",
                    remedy=f"write '{name}' once",
                )


def _counted_is_counted_once(place: Place, whole: Whole) -> Iterator[Objection]:
    """Each field of counted size is counted by exactly one field before it, here or around."""
    del whole
    for at, field in enumerate(place.fields):
        if extent_of(field) != "counted" or field.name is None:
            continue
        counting = [other for other in place.fields[:at] if field.name in _counts(other, place)]
        if not counting and (place.around is not None or place.path[:1] == ("types",)):
            continue
        if len(counting) != 1:
            yield Objection(
                path=place.field_path(at),
                expected=f"one number before '{field.name}' that counts it",
                found=" and ".join(f"'{number.name}'" for number in counting) or "none",
                remedy="let only one of them count it" if counting else f"add counts: [{field.name}] to such a number",
            )


def _one_unknown_per_count(place: Place, whole: Whole) -> Iterator[Objection]:
    """A number counts at most one field of counted size; the sizes of the others are known by then."""
    del whole
    order = {field.name: at for at, field in enumerate(place.fields) if field.name}
    for at, number in enumerate(place.fields):
        if not isinstance(number, model.NumberField) or number.counts is None:
            continue
        names = _counts(number, place)
        counted = [place.fields[order[name]] for name in names if name in order]
        if len(set(names)) < len(names) or len(counted) < len(names):
            # Counted twice, or inside a type: other rules speak of that.
            continue
        unknown = [field for field in counted if extent_of(field) == "counted"]
        if len(unknown) != 1:
            yield Objection(
                path=place.field_path(at, "counts"),
                expected="exactly one field of counted size among those that it counts",
                found=", ".join(f"'{field.name}'" for field in unknown) or "none",
                remedy="give one field the size `counted`, and every other a size of its own",
            )
            continue
        for field in counted:
            if order[field.name or ""] > order[unknown[0].name or ""] and not _has_fixed_size(field):
                yield Objection(
                    path=place.field_path(at, "counts"),
                    expected=f"only fields of fixed size behind '{unknown[0].name}'",
                    found=f"'{field.name}'",
                    remedy=f"do not count '{field.name}', or put it before '{unknown[0].name}'",
                )


def _delimiters_are_bounded(place: Place, whole: Whole) -> Iterator[Objection]:
    """Whatever ends at a delimiter has a limit, or a peer could fill the memory by never sending one."""
    del whole
    for at, field in enumerate(place.fields):
        extent = extent_of(field)
        is_delimited = isinstance(extent, model.Until | model.UntilAny)
        if is_delimited and isinstance(field, model.ContentField) and field.max is None:
            yield Objection(
                path=place.field_path(at),
                expected="max, the most octets before the delimiter",
                found="a field without a bound",
                remedy="add for example max: 1024",
            )
        if isinstance(extent, model.UntilAny):
            for one in extent.until_any:
                longer = [other for other in extent.until_any if other != one and other.startswith(one)]
                if longer:
                    yield Objection(
                        path=place.field_path(at),
                        expected="delimiters of which none is the beginning of another",
                        found=f"{one!r} and {longer[0]!r}",
                        remedy="a frame must be complete on its last octet; remove one of them",
                    )


def _rest_is_last(place: Place, whole: Whole) -> Iterator[Objection]:
    """Nothing can follow what takes everything up to the end of the stream."""
    del whole
    for at, field in enumerate(place.fields[:-1]):
        if extent_of(field) == "rest":
            yield Objection(
                path=place.field_path(at),
                expected="`rest` only in the last field",
                found=f"fields behind '{field.name}'",
                remedy="give the field a size, or put it last",
            )


def _numbers_end(place: Place, whole: Whole) -> Iterator[Objection]:
    """Digits have a width, or a bound and a constant behind them that is no digit; a ladder has its rungs."""
    del whole
    for at, field in enumerate(place.fields):
        if not isinstance(field, model.NumberField):
            continue
        is_digits = field.number.endswith("digits")
        for key in ("max_digits", "width", "max_bytes"):
            if (getattr(field, key) or 0) > _MAX_DIGITS:
                yield Objection(
                    path=place.field_path(at, key),
                    expected=f"at most {_MAX_DIGITS:,}",
                    found=f"{getattr(field, key)}",
                    remedy="what is as long as that is no number; write it as bytes",
                )
        wrong = [key for key in ("max_digits", "width") if getattr(field, key) is not None]
        if not is_digits and wrong:
            yield Objection(
                path=place.field_path(at, wrong[0]),
                expected=f"no {wrong[0]} for the number {field.number}, which is not in digits",
                found=f"{wrong[0]}: {getattr(field, wrong[0])}",
                remedy="remove it, or write the number in digits",
            )
        if field.number == "ladder" and not (field.small in place.names and field.rungs):
            yield Objection(
                path=place.field_path(at),
                expected="small, the field before it that holds a small number, and rungs",
                found="a ladder without them",
                remedy="write for example small: len7, rungs: {126: u16be, 127: u64be}",
            )
        if is_digits and field.width is None:
            behind = place.fields[at + 1] if at + 1 < len(place.fields) else None
            if not isinstance(behind, model.ConstField) or chr(behind.const[0]).isalnum():
                yield Objection(
                    path=place.field_path(at),
                    expected="a constant behind the digits that tells where they end, or a width",
                    found=f"the constant {describe(behind.const)}"
                    if isinstance(behind, model.ConstField)
                    else "neither",
                    remedy="add width: 5, or a line such as - ':' behind the field",
                )
            if field.max_digits is None:
                yield Objection(
                    path=place.field_path(at),
                    expected="max_digits, the most digits there may be",
                    found="digits without a bound",
                    remedy="add for example max_digits: 9",
                )


def _numbers_have_values(place: Place, whole: Whole) -> Iterator[Objection]:
    """The limits of a number leave a value that it can have."""
    del whole
    for at, field in enumerate(place.fields):
        if not isinstance(field, model.NumberField):
            continue
        lowest, highest = _range_of(field)
        smallest = lowest if field.min is None else max(lowest, field.min)
        largest = highest if field.max is None else min(highest, field.max)
        if field.min is not None and field.max is not None and field.min > field.max:
            yield Objection(
                path=place.field_path(at, "min"),
                expected=f"a min that is not above the max of {field.max}",
                found=f"{field.min}",
                remedy="exchange them, or change one",
            )
        elif smallest > largest:
            key = "min" if field.min is not None and field.min > highest else "max"
            yield Objection(
                path=place.field_path(at, key),
                expected=f"a limit within {lowest} to {highest}, which is what {field.number} can say",
                found=f"{getattr(field, key)}",
                remedy=f"change {key}, or widen the number",
            )
        for value in field.one_of or []:
            if not smallest <= value <= largest:
                yield Objection(
                    path=place.field_path(at, "one_of"),
                    expected=f"values within {smallest} to {largest}",
                    found=f"{value}",
                    remedy="remove it, or change the limits",
                )


def _range_of(number: model.NumberField) -> tuple[float, float]:
    """The smallest and the largest value that can be written; a length that varies sets no bound here."""
    size = re.fullmatch(r"([ui])(\d+)(?:be|le)?", number.number)
    if size is not None:
        is_signed, bits = size[1] == "i", int(size[2])
        return (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
    is_signed = number.sign == "allow"
    return -math.inf if is_signed else 0, math.inf


def _frames_have_room(place: Place, whole: Whole) -> Iterator[Objection]:
    """Fields of fixed size leave a frame within max_frame_bytes."""
    size = 0
    for at, field in enumerate(place.fields):
        size += _fixed_bytes(field)
        if size > whole.spec.max_frame_bytes:
            yield Objection(
                path=place.field_path(at),
                expected=f"fields of at most {whole.spec.max_frame_bytes} octets, which is max_frame_bytes",
                found=f"{size} octets up to the end of this one",
                remedy="make max_frame_bytes larger, or the field smaller",
            )
            return


def _fixed_bytes(field: AnyField) -> int:
    """The octets that a field always has; 0 where that depends on the message."""
    match field:
        case model.ConstField():
            return len(field.const)
        case model.BitsField():
            return sum(field.bits.values()) // 8
        case model.NumberField() | model.ChecksumField():
            size = re.fullmatch(r"[ui](\d+)(?:be|le)?", field.number)
            return int(size[1]) // 8 if size is not None else field.width or 0
    extent = extent_of(field)
    return extent if isinstance(extent, int) else 0


def _bits_fill_octets(place: Place, whole: Whole) -> Iterator[Objection]:
    """Bits make up whole octets, and only they have fixed values."""
    del whole
    for at, field in enumerate(place.fields):
        if not isinstance(field, model.BitsField):
            continue
        total = sum(field.bits.values())
        if total % 8 or total > _MAX_BITS:
            yield Objection(
                path=place.field_path(at, "bits"),
                expected=f"a multiple of 8 bits in all, at most {_MAX_BITS:,}",
                found=f"{total}",
                remedy="name the unused bits too, for example reserved: 3" if total % 8 else "write them as bytes",
            )
        for name, value in field.fixed.items():
            if name not in field.bits or value.bit_length() > field.bits[name]:
                yield Objection(
                    path=place.field_path(at, "fixed", name),
                    expected="a field of these bits and a value that fits into it",
                    found=f"{name}: {value}",
                    remedy=did_you_mean(name, field.bits) or "change the value",
                )


def _repeats_end(place: Place, whole: Whole) -> Iterator[Objection]:
    """A repeat knows in one way how many items there are."""
    del whole
    for at, field in enumerate(place.fields):
        if isinstance(field, model.RepeatField) and (field.count is None) == (field.until is None):
            yield Objection(
                path=place.field_path(at),
                expected="either count or until",
                found="both" if field.count is not None else "neither",
                remedy="say how many items there are, or what holds for the last one",
            )


def _items_read_something(place: Place, whole: Whole) -> Iterator[Objection]:
    """Every item of a repeat takes at least one octet, or a few octets could announce endless work."""
    for at, field in enumerate(place.fields):
        if isinstance(field, model.RepeatField) and not _reads_something(field.repeat, whole.reading_types):
            yield Objection(
                path=place.field_path(at, "repeat"),
                expected="items that take at least one octet each",
                found="a type that may take none",
                remedy="begin the type with a number, a constant, or something up to a delimiter",
            )


def _types_that_read(spec: Spec) -> Collection[str]:
    """The names of the types that take at least one octet, whatever their values are."""
    # What is unknown is for another rule.
    reading = {name for _, name in _named_references(spec) if name not in spec.types and name != "nothing"}
    grown = True
    while grown:
        more = {name for name, fields in spec.types.items() if _reads_something(fields, reading)} - reading
        reading |= more
        grown = bool(more)
    return reading


def _named_references(spec: Spec) -> Iterator[tuple[Path, str]]:
    for place in places_of(spec):
        for at, _ in enumerate(place.fields):
            for path, reference in _references(place, at):
                if isinstance(reference, str):
                    yield path, reference


def _reads_something(reference: object, reading_types: Collection[str]) -> bool:
    if isinstance(reference, str):
        return reference in reading_types
    assert isinstance(reference, list)
    return any(_field_reads_something(field, reading_types) for field in reference)


def _field_reads_something(field: AnyField, reading_types: Collection[str]) -> bool:
    match field:
        case model.NumberField():
            return field.number != "ladder"
        case model.ConstField() | model.BitsField() | model.ChecksumField() | model.HeadersField():
            return True
        case model.TypeField():
            return _reads_something(field.type, reading_types)
        case model.ChoiceField():
            cases = [*(field.cases or {}).values(), *(when.then for when in field.when or [])]
            cases += [field.else_] if field.else_ != "reject" else []
            return all(_reads_something(case, reading_types) for case in cases)
    extent = extent_of(field)
    is_delimited = isinstance(extent, model.Until | model.UntilAny)
    return isinstance(extent, int) or (is_delimited and getattr(field, "eof", "error") == "error")


def _choices_can_match(place: Place, whole: Whole) -> Iterator[Objection]:
    """A choice has cases, and each of them can be chosen; what the next octet decides begins with an octet."""
    for at, field in enumerate(place.fields):
        if not isinstance(field, model.ChoiceField):
            continue
        if field.choice == "when":
            if not field.when:
                yield Objection(
                    path=place.field_path(at),
                    expected="when, a list of {if: …, then: …}",
                    found="none",
                    remedy="add the conditions",
                )
            continue
        if field.choice == "peek":
            for value, case in (field.cases or {}).items():
                if not (
                    isinstance(value, str) and len(value.encode()) == 1 and _reads_something(case, whole.reading_types)
                ):
                    yield Objection(
                        path=(*place.field_path(at, "cases"), value),
                        expected="one octet, as text, and a type that takes at least that",
                        found=repr(value),
                        remedy="write for example '<': [{line: {bytes: {until: \"\\n\"}, max: 1024}}]",
                    )
            continue
        tag = _find(field.choice, place)
        for value in field.cases or {}:
            if isinstance(tag, model.NumberField) and not _may_be(tag, value):
                yield Objection(
                    path=(*place.field_path(at, "cases"), value),
                    expected=f"a value that '{field.choice}' can have",
                    found=repr(value),
                    remedy="remove the case, or widen the field",
                )


def _expressions_speak_of_fields(place: Place, whole: Whole) -> Iterator[Objection]:
    """Every name in an expression is a field, here or around, `item`, or of the peer; every code is one."""
    if place.around is not None or place.path[:1] == ("types",):
        known: Collection[str] = whole.names
    else:
        known = set(place.names)
    for at, field in enumerate(place.fields):
        for keys, text in _expressions(field):
            for name in sorted(parse_expression(text).names):
                if name not in known and not name.startswith("peer.") and not isinstance(field, model.RepeatField):
                    yield Objection(
                        path=place.field_path(at, *keys),
                        expected="names of fields: " + ", ".join(sorted(known)),
                        found=f"'{name}'",
                        remedy=did_you_mean(name, known) or "name a field",
                    )
        if isinstance(field, model.CheckField) and field.code not in set(Code):
            yield Objection(
                path=place.field_path(at, "code"),
                expected="an error code: " + ", ".join(Code),
                found=f"'{field.code}'",
                remedy=did_you_mean(field.code, Code) or "leave it out for check_failed",
            )


def _transforms_protect_delimiters(place: Place, whole: Whole) -> Iterator[Objection]:
    """A byte-stuffing transform belongs to one delimiter, and escapes begin with one octet."""
    del whole
    ends = {"slip": b"\xc0", "hdlc": b"\x7e", "cobs": b"\0"}
    for at, field in enumerate(place.fields):
        for transform in field.via if isinstance(field, model.ContentField) else []:
            extent = extent_of(field)
            if isinstance(transform, str) and not (isinstance(extent, model.Until) and extent.until == ends[transform]):
                yield Objection(
                    path=place.field_path(at, "via"),
                    expected=f"the delimiter !hex {ends[transform].hex()} for {transform}",
                    found="another extent",
                    remedy=f"write {{until: !hex {ends[transform].hex()}}}",
                )
            if isinstance(transform, model.EscapeTransform):
                firsts = {wire[:1] for wire in transform.escapes}
                if len(firsts) != 1 or firsts.isdisjoint(
                    value.decode("latin-1") for value in transform.escapes.values()
                ):
                    yield Objection(
                        path=place.field_path(at, "via"),
                        expected="escapes that all begin with one octet, which is itself escaped",
                        found=", ".join(map(repr, transform.escapes)),
                        remedy=r"""write for example escapes: {"\\\\": "\\", "\\n": "\n"}""",
                    )


FIELD_RULES: Sequence[Callable[[Place, Whole], Iterator[Objection]]] = (
    _names_are_unique,
    _counts_name_fields,
    _counted_is_counted_once,
    _one_unknown_per_count,
    _delimiters_are_bounded,
    _rest_is_last,
    _numbers_end,
    _numbers_have_values,
    _frames_have_room,
    _bits_fill_octets,
    _repeats_end,
    _items_read_something,
    _choices_can_match,
    _expressions_speak_of_fields,
    _transforms_protect_delimiters,
)


def _explicit_counts(field: AnyField) -> list[str]:
    match field:
        case model.NumberField(counts=list() as counts):
            return counts
        case model.JsonField() | model.HeadersField() | model.BytesField():
            return list(field.counts.values())
    return []


def _counts(field: AnyField, place: Place) -> list[str]:
    if isinstance(field, model.NumberField) and field.counts == "all":
        return [other.name for other in place.fields if other.name]
    return _explicit_counts(field)


def _expressions(field: AnyField) -> Iterator[tuple[tuple[str, ...], str]]:
    match field:
        case model.CheckField():
            yield ("check",), field.check
        case model.ChoiceField():
            for when in field.when or []:
                yield ("when",), when.if_
        case model.RepeatField(until=str() as until):
            yield ("until",), until


def _find(name: str, place: Place | None) -> AnyField | None:
    while place is not None:
        for field in place.fields:
            if field.name == name:
                return field
            if isinstance(field, model.BitsField) and name in field.bits:
                return field
        place = place.around
    return None


def _may_be(number: model.NumberField, value: object) -> bool:
    if not isinstance(value, int):
        return False
    is_low = number.min is not None and value < number.min and value != number.absent
    is_high = number.max is not None and value > number.max
    return not (is_low or is_high or (number.one_of is not None and value not in number.one_of))


def _is_constant(fields: Collection[AnyField], name: str) -> bool:
    return any(field.name == name and isinstance(field, model.ConstField) for field in fields)


def _is_derived(field: AnyField) -> bool:
    if isinstance(field, model.NumberField):
        return field.counts is not None or field.count_of is not None
    if isinstance(field, model.HeadersField):
        return bool(field.counts)
    return isinstance(field, model.ConstField | model.ChecksumField | model.CheckField | model.BitsField)


def _has_fixed_size(field: AnyField) -> bool:
    if isinstance(field, model.NumberField):
        return field.number.startswith(("u", "i")) or field.width is not None
    return isinstance(field, model.ConstField | model.BitsField) or isinstance(extent_of(field), int)
