"""Specs as somebody misread them: every field of one kind changed, wherever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import BaseModel

from shortread.codec.frame_codec import FrameCodec
from shortread.spec.model import NamedField, Spec

Change: TypeAlias = Callable[[NamedField], Mapping[str, object] | None]
"""The keys of a field that are to be something else; None where it stays as it is."""


def with_fields_changed(spec: Spec, change: Change) -> Spec | None:
    """The spec with each field changed; None where none was, or where no frame could be read any more."""
    changed = _changed(spec, change)
    if not isinstance(changed, Spec) or changed == spec:
        return None
    try:
        FrameCodec(changed)
    except (KeyError, ValueError):
        return None
    return changed


def _changed(value: object, change: Change) -> object:
    if isinstance(value, BaseModel):
        updates = {name: _changed(getattr(value, name), change) for name in type(value).model_fields}
        if isinstance(value, NamedField):
            updates |= change(value) or {}
        return value.model_copy(update=updates)
    if isinstance(value, Mapping):
        return {key: _changed(item, change) for key, item in value.items()}
    return [_changed(item, change) for item in value] if isinstance(value, list) else value
