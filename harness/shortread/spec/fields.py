"""Questions about fields that several rooms ask."""

from __future__ import annotations

from shortread.spec.model import AnyField, BytesField, JsonField, TextField


def extent_of(field: AnyField) -> object:
    """How the size of a content field is found; None for other fields."""
    match field:
        case BytesField():
            return field.bytes
        case TextField():
            return field.text
        case JsonField():
            return field.json_
    return None
