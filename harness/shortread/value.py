"""What applications say, and how a person reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = "bytes | str | int | float | bool | tuple[Value, ...] | Mapping[str, Value] | None"
"""What an application sees: the value of one field, or a mapping of several fields' names to their values."""


def describe(value: Value) -> str:
    """A value as one line that a person can read: text in quotes, octets that are no text in hexadecimal."""
    match value:
        case bytes():
            try:
                return describe(value.decode())
            except UnicodeDecodeError:
                return f"0x{value.hex()}"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return ", ".join(f"{name}: {describe(part)}" for name, part in value.items())
        case tuple():
            return f"[{', '.join(map(describe, value))}]"
        case _:
            return str(value)
