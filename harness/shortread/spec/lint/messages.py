"""Rules for messages and replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from shortread.expected import parse_expected, types_in
from shortread.spec.lint.lookup import is_constant, is_derived
from shortread.spec.lint.place import Objection, Path, Place, phases_of, places_of
from shortread.spec.model import Spec
from shortread.spec.yaml12 import did_you_mean


def message_names_fields(spec: Spec) -> Iterator[Objection]:
    """What the application sees are fields of the frame."""
    if not isinstance(spec.frame, list):
        return
    names = [name for name in Place((), spec.frame).names if not is_constant(spec.frame, name)]
    wanted = [spec.message] if isinstance(spec.message, str) else spec.message or []
    for name in wanted:
        if name not in names:
            yield Objection(
                path=("message",),
                expected="message: the field that the application sees, one of " + ", ".join(names),
                found=f"'{name}'",
                remedy=did_you_mean(name, names) or f"write for example message: {names[-1] if names else 'body'}",
            )


def message_names_each_once(spec: Spec) -> Iterator[Objection]:
    """A message has each of its fields once."""
    lists: list[tuple[Path, object]] = [(("message",), spec.message)]
    if spec.directions is not None:
        sides = (("client", spec.directions.client), ("server", spec.directions.server))
        lists += [(("directions", side, "message"), direction.message) for side, direction in sides]
    lists += [
        ((*path, "phases", name, "message"), phase.message)
        for path, phases in phases_of(spec)
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


def messages_say_everything(spec: Spec) -> Iterator[Objection]:
    """A field that no message gives and nothing derives could not be built."""
    if not isinstance(spec.frame, list) or spec.message is None:
        return
    place = Place(("frame",), spec.frame)
    wanted = [spec.message] if isinstance(spec.message, str) else spec.message
    if not set(place.names).issuperset(wanted):
        return
    for at, field in enumerate(spec.frame):
        if field.name and not is_derived(field) and field.name not in wanted:
            yield Objection(
                path=place.field_path(at),
                expected=f"'{field.name}' among the fields of message, or a number that counts something",
                found="a field that nothing gives a value",
                remedy=f"add '{field.name}' to message, or make it a constant",
            )


def something_is_said(spec: Spec) -> Iterator[Objection]:
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


def expected_types_exist(spec: Spec) -> Iterator[Objection]:
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


def replies_are_said_once(spec: Spec) -> Iterator[Objection]:
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


def volatile_fields_exist(spec: Spec) -> Iterator[Objection]:
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
