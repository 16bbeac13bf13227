"""A spec written out: every short form as the fields that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from shortread.spec.model import FIELD_KINDS, Model, NamedField, Spec

_LONGEST_RUN = 32
"""One character more often than this in a row is written as `!repeat`."""


class _Dumper(yaml.SafeDumper):
    """Writes octets that are text as text, others in hexadecimal, and long runs short."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    if len(text) > _LONGEST_RUN and len(set(text)) == 1:
        return dumper.represent_sequence("!repeat", [text[0], len(text)], flow_style=True)
    return dumper.represent_str(text)


def _represent_octets(dumper: yaml.SafeDumper, octets: bytes) -> yaml.Node:
    try:
        return _represent_text(dumper, octets.decode("ascii"))
    except UnicodeDecodeError:
        return dumper.represent_scalar("!hex", octets.hex())


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(bytes, _represent_octets)


def expanded(spec: Spec) -> str:
    """YAML that loads to the same spec, without short forms and without keys that say what holds anyway."""
    return yaml.dump(_plain(spec), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _plain(value: object) -> Any:
    if isinstance(value, NamedField):
        return _field(value)
    if isinstance(value, Model):
        return _keys(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _field(field: NamedField) -> Any:
    keys = _keys(field)
    name = keys.pop("name", None)
    if name is None and list(keys) == ["const"]:
        return keys["const"]
    kinds = [kind for kind in FIELD_KINDS if kind in keys]
    ordered = {key: keys[key] for key in (*kinds, *(key for key in keys if key not in kinds))}
    return {name: ordered} if name else ordered


def _keys(part: Model) -> dict[str, Any]:
    """What was said, or is no default, by the keys that files use."""
    said = {}
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if info.is_required() or value != info.get_default(call_default_factory=True):
            said[info.alias or name] = _plain(value)
    return said
