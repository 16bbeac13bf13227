"""What sample messages should show, and what they leave out although the grammar allows it.

Some mistakes are seen only with certain messages. A demand is asked only where it can be met, and that is found by
trying: a sample is changed in one place, and if the change has a frame and shows what is missing, it is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.errors import Problem
from shortread.spec import model
from shortread.spec.fields import extent_of
from shortread.spec.lint import places_of
from shortread.spec.yaml12 import Document
from shortread.stream import Frame, Role
from shortread.value import Value

_SHORT_FRAME_BYTES = 64
_LONGEST_CHANGED_FRAME_BYTES = 512
_LONGEST_MARK_BYTES = 2
_LENGTHS = (128, 300)
"""Sizes whose octets show the sign and the order of a length, whatever few octets are counted with them."""

Streams = Sequence[Sequence[Frame]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One thing that sample messages should show.

    `shown` gives everything of the kind that is seen in streams, by names that make sense behind `missing`.
    """

    missing: str
    remedy: str
    shown: Callable[[Streams, model.Spec], set[str]]


def advice(codec: FrameCodec, document: Document) -> tuple[Problem, ...]:
    """What the messages of a spec leave out, each with the place of the messages and what to add."""
    spec = codec.spec
    if spec.is_recorded:
        return ()
    way = "messages" if spec.messages else "exchange"
    streams = _sample_streams(codec)
    changed = list(_changed_streams(codec, streams))
    problems: list[Problem] = []
    for demand in DEMANDS:
        shown = demand.shown(streams, spec)
        # Some demands are met by samples together, so each change counts with them.
        could_be_shown = {name for stream in changed for name in demand.shown([*streams, stream], spec)}
        problems += (
            Problem(
                where=document.where((way,), of_key=True),
                expected=demand.missing.format(name),
                found="none",
                remedy=demand.remedy,
            )
            for name in sorted(could_be_shown - shown)
        )
    return tuple(problems)


def _sample_streams(codec: FrameCodec) -> Streams:
    if codec.spec.exchange is not None and not codec.spec.messages:
        return [Exchange(codec, codec.spec.exchange).frames]
    if codec.is_stateless:
        return [tuple(map(codec.build, stream)) for stream in codec.streams]
    return [codec.build_all(stream) for stream in codec.streams]


def _changed_streams(codec: FrameCodec, streams: Streams) -> Iterator[tuple[Frame, ...]]:
    """Streams that the grammar allows and that end in something else than the samples do."""
    marks = sorted(set(_marks(codec.spec)))
    for frames in streams:
        messages = [frame.message for frame in frames]
        for at, frame in enumerate(frames):
            if len(frame.wire) > _LONGEST_CHANGED_FRAME_BYTES:
                continue
            before = [] if codec.is_stateless else messages[:at]
            if len(frames) > 1 and not _may_come_twice(codec, before, frame):
                # What is said once, such as a greeting, is as the protocol wants it.
                continue
            yield from _built(codec, before, [frame.message] * 3)
            for message in _changes(frame.message, marks):
                yield from _built(codec, before, [message])


def _may_come_twice(codec: FrameCodec, before: Sequence[Value], frame: Frame) -> bool:
    return any(first.wire == second.wire for first, second in _built(codec, before, [frame.message] * 2))


def _built(codec: FrameCodec, before: Sequence[Value], messages: Sequence[Value]) -> Iterator[tuple[Frame, ...]]:
    try:
        yield codec.build_all([*before, *messages])[len(before) :]
    except (UnbuildableError, LookupError):
        # No frame; or a field that names the charset of another was changed, and nobody knows that charset.
        return


def _changes(value: Value, marks: Sequence[bytes]) -> Iterator[Value]:
    """The value with one text, or the octets in one place, changed."""
    match value:
        case str():
            yield from (octets.decode("utf-8", "replace") for octets in _changed_octets(value.encode(), marks))
        case bytes():
            yield from _changed_octets(value, marks)
        case Mapping():
            for name, part in value.items():
                yield from ({**value, name: other} for other in _changes(part, marks))
        case tuple():
            for at, part in enumerate(value):
                yield from ((*value[:at], other, *value[at + 1 :]) for other in _changes(part, marks))


def _changed_octets(octets: bytes, marks: Sequence[bytes]) -> Iterator[bytes]:
    """None, many, and a piece behind them, before them, and in place of the last."""
    yield b""
    yield from (b"x" * size for size in _LENGTHS)
    for piece in ("é".encode(), *marks):
        yield from (octets + piece, piece + octets)
        if len(octets) >= len(piece):
            yield octets[: len(octets) - len(piece)] + piece


def _leaves(value: Value) -> Iterator[bytes]:
    match value:
        case str():
            yield value.encode()
        case bytes():
            yield value
        case Mapping():
            for part in value.values():
                yield from _leaves(part)
        case tuple():
            for part in value:
                yield from _leaves(part)


def _marks(spec: model.Spec) -> Iterator[bytes]:
    """The first octets of what ends or escapes content: a loop may take them for the whole."""
    for place in places_of(spec):
        for field in place.fields:
            extent = extent_of(field)
            whole = [extent.until] if isinstance(extent, model.Until) else []
            whole += extent.until_any if isinstance(extent, model.UntilAny) else []
            whole += field.headers if isinstance(field, model.HeadersField) else []
            if isinstance(field, model.ConstField) and len(field.const) <= _LONGEST_MARK_BYTES:
                whole.append(field.const)
            yield from (mark[:-1] or mark for mark in whole)
            for transform in field.via if isinstance(field, model.ContentField) else []:
                yield from _first_escapes(transform)


def _first_escapes(transform: model.AnyTransform) -> Iterator[bytes]:
    match transform:
        case "slip":
            yield b"\xdb"
        case "hdlc":
            yield b"\x7d"
        case model.EscapeTransform():
            yield from {wire[:1].encode() for wire in transform.escapes}
        case model.UnprefixTransform():
            yield transform.unprefix


def _empty_fields(streams: Streams, _: model.Spec) -> set[str]:
    spans = (span for frames in streams for frame in frames for span in frame.spans)
    return {span.name for span in spans if span.role is Role.BODY and span.start == span.end}


def _characters(streams: Streams, _: model.Spec) -> set[str]:
    said = (b"".join(leaf for frame in frames for leaf in _leaves(frame.message)) for frames in streams)
    # A lead octet with all that follows it, as text may stand among other octets.
    return {"" for octets in said if not octets.decode("utf-8", "ignore").isascii()}


def _repeated(streams: Streams, _: model.Spec) -> set[str]:
    wires = [frame.wire for frames in streams for frame in frames]
    return {""} if len(set(wires)) < len(wires) else set()


def _marks_inside(streams: Streams, spec: model.Spec) -> set[str]:
    leaves = [leaf for frames in streams for frame in frames for leaf in _leaves(frame.message)]
    return {repr(mark).removeprefix("b") for mark in set(_marks(spec)) if any(mark in leaf for leaf in leaves)}


def _binary_lengths(streams: Streams, spec: model.Spec) -> Mapping[tuple[str, int], set[bytes]]:
    """The lengths that are not in digits, by their field and how many octets they have."""
    fields = (field for place in places_of(spec) for field in place.fields if isinstance(field, model.NumberField))
    names = {field.name for field in fields if not field.number.endswith("digits")}
    lengths: dict[tuple[str, int], set[bytes]] = defaultdict(set)
    for frame in (frame for frames in streams for frame in frames):
        for span in frame.spans:
            if span.role is Role.LENGTH and span.name in names:
                lengths[span.name, span.end - span.start].add(frame.wire[span.start : span.end])
    return lengths


def _signs(streams: Streams, spec: model.Spec) -> set[str]:
    return {
        name
        for (name, _), written in _binary_lengths(streams, spec).items()
        if any(octet >= 0x80 for octets in written for octet in octets)
    }


def _orders(streams: Streams, spec: model.Spec) -> set[str]:
    return {
        name
        for (name, size), written in _binary_lengths(streams, spec).items()
        if sum(any(octets[at] for octets in written) for at in range(size)) > 1
    }


def _in_a_row(streams: Streams, _: model.Spec) -> set[str]:
    for frames in streams:
        is_short = [len(frame.wire) <= _SHORT_FRAME_BYTES for frame in frames]
        if any(all(is_short[at : at + 3]) for at in range(len(frames) - 2)):
            return {""}
    return set()


DEMANDS: Sequence[Demand] = (
    Demand(missing="a message with '{}' empty", remedy="add one", shown=_empty_fields),
    Demand(
        missing="a message with characters outside ASCII{}",
        remedy="add one such as naïve €, or its octets",
        shown=_characters,
    ),
    Demand(missing="a message that is sent twice{}", remedy="repeat a short one", shown=_repeated),
    Demand(
        missing="a message with {} in it, with which a delimiter or an escape begins",
        remedy="add one",
        shown=_marks_inside,
    ),
    Demand(
        missing="a message for which '{}' has an octet of 128 or more, so that a sign shows",
        remedy="add one of about 200 octets",
        shown=_signs,
    ),
    Demand(
        missing="messages for which more than one octet of '{}' is not 0, so that the order shows",
        remedy="add one of 300 octets, and a short one",
        shown=_orders,
    ),
    Demand(
        missing=f"three messages in a row with frames of at most {_SHORT_FRAME_BYTES} octets{{}}",
        remedy="let short ones follow each other",
        shown=_in_a_row,
    ),
)
