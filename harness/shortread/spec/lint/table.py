"""All rules, and how they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from shortread.errors import Problem
from shortread.spec.lint.building import fields_come_before_their_use, values_lead_to_an_end
from shortread.spec.lint.counts import counted_is_counted_once, counts_name_fields, one_unknown_per_count
from shortread.spec.lint.fields import (
    bits_fill_octets,
    choices_can_match,
    delimiters_are_bounded,
    expressions_speak_of_fields,
    frames_have_room,
    items_read_something,
    names_are_unique,
    repeats_end,
    rest_is_last,
    transforms_protect_delimiters,
)
from shortread.spec.lint.messages import (
    expected_types_exist,
    message_names_each_once,
    message_names_fields,
    messages_say_everything,
    replies_are_said_once,
    something_is_said,
    volatile_fields_exist,
)
from shortread.spec.lint.numbers import numbers_end, numbers_have_values
from shortread.spec.lint.place import Objection, Place
from shortread.spec.lint.reading import Whole
from shortread.spec.lint.size import messages_are_small, specs_are_small, types_are_shallow
from shortread.spec.lint.structure import (
    frame_is_said_once,
    peers_have_what_is_asked,
    phases_lead_somewhere,
    transitions_speak_of_fields,
    types_exist,
    types_read_something,
)
from shortread.spec.model import Spec
from shortread.spec.yaml12 import Document

SIZE_RULES: Sequence[Callable[[Spec], Iterator[Objection]]] = (
    specs_are_small,
    types_are_shallow,
    messages_are_small,
)
"""Rules that come first: where one objects, the others would take too long."""


RULES: Sequence[Callable[[Spec], Iterator[Objection]]] = (
    frame_is_said_once,
    types_exist,
    types_read_something,
    phases_lead_somewhere,
    message_names_fields,
    message_names_each_once,
    messages_say_everything,
    something_is_said,
    expected_types_exist,
    replies_are_said_once,
    volatile_fields_exist,
    transitions_speak_of_fields,
    peers_have_what_is_asked,
    fields_come_before_their_use,
    values_lead_to_an_end,
)


FIELD_RULES: Sequence[Callable[[Place, Whole], Iterator[Objection]]] = (
    names_are_unique,
    counts_name_fields,
    counted_is_counted_once,
    one_unknown_per_count,
    delimiters_are_bounded,
    rest_is_last,
    numbers_end,
    numbers_have_values,
    frames_have_room,
    bits_fill_octets,
    repeats_end,
    items_read_something,
    choices_can_match,
    expressions_speak_of_fields,
    transforms_protect_delimiters,
)


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
