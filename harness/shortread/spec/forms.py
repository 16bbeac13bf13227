"""The one-line forms of a frame, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError


def _prefix(form: Mapping[str, Any]) -> list[Any]:
    limit = {"max": form["max"]} if "max" in form else {}
    return [
        {"length": {"number": form["prefix"], "counts": ["body"], **limit}},
        {"body": {"bytes": "counted"}},
    ]


def _delimiter(form: Mapping[str, Any]) -> list[Any]:
    limit = {"max": form["max"]} if "max" in form else {}
    return [{"body": {"bytes": {"until": form["delimiter"]}, **limit}}]


def _fixed(form: Mapping[str, Any]) -> list[Any]:
    return [{"body": {"bytes": form["fixed"]}}]


FORMS: Mapping[str, tuple[Callable[[Mapping[str, Any]], list[Any]], frozenset[str]]] = {
    "prefix": (_prefix, frozenset({"max"})),
    "delimiter": (_delimiter, frozenset({"max"})),
    "fixed": (_fixed, frozenset()),
}
"""Each form by its key: what it stands for, and the further keys that it may have."""


def expand_frame(value: object) -> object:
    """Turn a one-line form into its fields; anything else is given back as it is.

    Raises PydanticCustomError for a mapping that is no form.
    """
    if not isinstance(value, Mapping):
        return value
    keys = [key for key in FORMS if key in value]
    if len(keys) != 1 or not set(value) - {keys[0]} <= FORMS[keys[0]][1]:
        raise PydanticCustomError(
            "frame_form",
            "{expected}",
            {
                "expected": "a list of fields, or one of "
                "{prefix: NUMBER}, {delimiter: OCTETS, max: SIZE}, {fixed: SIZE}",
                "found": "a mapping with the keys " + (", ".join(map(str, value)) or "of none of them"),
                "remedy": "put a dash before each field, or use a one-line form",
            },
        )
    return FORMS[keys[0]][0](value)
