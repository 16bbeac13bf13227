"""Rules for the other fields of a sequence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from shortread.spec import model
from shortread.spec.codes import Code
from shortread.spec.expressions import parse_expression
from shortread.spec.fields import extent_of
from shortread.spec.lint.lookup import expressions_of, find_field, may_be
from shortread.spec.lint.place import Objection, Place
from shortread.spec.lint.reading import Whole, reads_something
from shortread.spec.model import AnyField
from shortread.spec.yaml12 import did_you_mean

_MAX_BITS = 1024


def names_are_unique(place: Place, whole: Whole) -> Iterator[Objection]:
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


def delimiters_are_bounded(place: Place, whole: Whole) -> Iterator[Objection]:
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


def rest_is_last(place: Place, whole: Whole) -> Iterator[Objection]:
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


def frames_have_room(place: Place, whole: Whole) -> Iterator[Objection]:
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


def bits_fill_octets(place: Place, whole: Whole) -> Iterator[Objection]:
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


def repeats_end(place: Place, whole: Whole) -> Iterator[Objection]:
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


def items_read_something(place: Place, whole: Whole) -> Iterator[Objection]:
    """Every item of a repeat takes at least one octet, or a few octets could announce endless work."""
    for at, field in enumerate(place.fields):
        if isinstance(field, model.RepeatField) and not reads_something(field.repeat, whole.reading_types):
            yield Objection(
                path=place.field_path(at, "repeat"),
                expected="items that take at least one octet each",
                found="a type that may take none",
                remedy="begin the type with a number, a constant, or something up to a delimiter",
            )


def choices_can_match(place: Place, whole: Whole) -> Iterator[Objection]:
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
                    isinstance(value, str) and len(value.encode()) == 1 and reads_something(case, whole.reading_types)
                ):
                    yield Objection(
                        path=(*place.field_path(at, "cases"), value),
                        expected="one octet, as text, and a type that takes at least that",
                        found=repr(value),
                        remedy="write for example '<': [{line: {bytes: {until: \"\\n\"}, max: 1024}}]",
                    )
            continue
        tag = find_field(field.choice, place)
        for value in field.cases or {}:
            if isinstance(tag, model.NumberField) and not may_be(tag, value):
                yield Objection(
                    path=(*place.field_path(at, "cases"), value),
                    expected=f"a value that '{field.choice}' can have",
                    found=repr(value),
                    remedy="remove the case, or widen the field",
                )


def expressions_speak_of_fields(place: Place, whole: Whole) -> Iterator[Objection]:
    """Every name in an expression is a field, here or around, `item`, or of the peer; every code is one."""
    if place.around is not None or place.path[:1] == ("types",):
        known: Collection[str] = whole.names
    else:
        known = set(place.names)
    for at, field in enumerate(place.fields):
        for keys, text in expressions_of(field):
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


def transforms_protect_delimiters(place: Place, whole: Whole) -> Iterator[Objection]:
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
