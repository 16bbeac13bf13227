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


def _until_close(form: Mapping[str, Any]) -> list[Any]:
    if form["until"] != "close":
        raise PydanticCustomError(
            "frame_form",
            "{expected}",
            {
                "expected": "{until: close}",
                "found": repr(form["until"]),
                "remedy": "or use {delimiter: OCTETS, max: SIZE}",
            },
        )
    limit = {"max": form["max"]} if "max" in form else {}
    return [{"body": {"bytes": "rest", **limit}}]


FORMS: Mapping[str, tuple[Callable[[Mapping[str, Any]], list[Any]], frozenset[str], str]] = {
    "prefix": (_prefix, frozenset({"max"}), "{prefix: NUMBER}"),
    "delimiter": (_delimiter, frozenset({"max"}), "{delimiter: OCTETS, max: SIZE}"),
    "fixed": (_fixed, frozenset(), "{fixed: SIZE}"),
    "until": (_until_close, frozenset({"max"}), "{until: close}"),
}
"""Each form by its key: what it stands for, the further keys that it may have, and how it is written."""


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
                "expected": "a list of fields, or one of " + ", ".join(form for _, _, form in FORMS.values()),
                "found": "a mapping with the keys " + (", ".join(map(str, value)) or "of none of them"),
                "remedy": "put a dash before each field, or use a one-line form",
            },
        )
    return FORMS[keys[0]][0](value)
