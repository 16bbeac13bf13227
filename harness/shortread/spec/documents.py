"""What is generated from the model: the language's page in `specs/README.md`, and its JSON Schema for editors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from shortread.spec import model
from shortread.spec.codes import Code
from shortread.spec.expressions import FUNCTIONS
from shortread.spec.forms import FORMS
from shortread.spec.lint import FIELD_RULES, RULES, SIZE_RULES

_BEGIN = "<!-- generated: from here on, by the tables of the language -->"

_PARTS: Mapping[str, type[BaseModel]] = {
    "A spec": model.Spec,
    "directions": model.Directions,
    "A direction": model.Direction,
    "A phase": model.Phase,
}


def readme(written: str) -> str:
    """The page with its generated part made anew; `written` is the page as it is, of which the beginning is kept."""
    beginning, _, _ = written.partition(_BEGIN)
    return beginning + "\n".join([_BEGIN, "", *_reference()]) + "\n"


def json_schema() -> str:
    """The JSON Schema of a spec, with all ways of writing a field and a frame."""
    schema = model.Spec.model_json_schema(by_alias=True)
    kinds = [kind.__name__ for kind in model.FIELD_KINDS.values()]
    schema = _with_fields(schema, kinds)
    definitions: dict[str, Any] = schema["$defs"]
    for kind in kinds:
        definitions[kind]["properties"].pop("name", None)
    body = {"anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds]}
    definitions["Field"] = {
        "description": "a constant, a field, or a name and a field",
        "anyOf": [
            {"type": "string"},
            body,
            {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": body},
        ],
    }
    definitions["Fields"] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Field"}}
    definitions["Frame"] = {
        "anyOf": [
            {"$ref": "#/$defs/Fields"},
            {"type": "string", "description": "none, raw, or a name from types"},
            *(_form_schema(key, more) for key, (_, more, _) in FORMS.items()),
        ]
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "shortread spec/1"
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _form_schema(key: str, more: frozenset[str]) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {} for name in (key, *sorted(more))}
    return {"type": "object", "required": [key], "properties": properties, "additionalProperties": False}


def _with_fields(part: Any, kinds: list[str]) -> Any:
    """Replace every union of the kinds of field by the ways in which a field may be written."""
    if isinstance(part, list):
        return [_with_fields(item, kinds) for item in part]
    if not isinstance(part, dict):
        return part
    if _is_union_of_kinds(part, kinds):
        return {"$ref": "#/$defs/Field"}
    changed = {key: _with_fields(value, kinds) for key, value in part.items() if key != "discriminator"}
    for name in ("frame",):
        if isinstance(changed.get("properties"), dict) and name in changed["properties"]:
            changed["properties"][name] = {"$ref": "#/$defs/Frame"}
    if "properties" in changed and {"client", "server"} <= set(changed["properties"]):
        either = {"anyOf": [{"$ref": "#/$defs/Direction"}, {"$ref": "#/$defs/Frame"}]}
        changed["properties"] |= {"client": either, "server": either}
    return changed


def _is_union_of_kinds(part: Mapping[str, Any], kinds: list[str]) -> bool:
    union = part.get("oneOf", part.get("anyOf"))
    names = {str(item.get("$ref", "")).rpartition("/")[2] for item in union or [] if isinstance(item, dict)}
    return names == set(kinds)


def _reference() -> Iterator[str]:
    yield "## Reference"
    yield ""
    for title, part in _PARTS.items():
        yield from _keys(title, part)
    yield "### One-line forms of a frame"
    yield ""
    yield from (f"- `{form}`" for _, _, form in FORMS.values())
    yield "- `raw`: every octet is a message"
    yield "- `none`: nothing may come"
    yield ""
    for kind, part in model.FIELD_KINDS.items():
        yield from _keys(f"`{kind}`", part)
    yield from _table(
        "### Expressions", ("function", "gives"), {f"`{name}()`": row[2] for name, row in FUNCTIONS.items()}
    )
    yield "### What lint refuses"
    yield ""
    yield from (f"- {_sentence(rule.__doc__)}" for rule in (*SIZE_RULES, *RULES, *FIELD_RULES))
    yield ""
    yield "### Error codes"
    yield ""
    yield ", ".join(f"`{code}`" for code in Code)


def _keys(title: str, part: type[BaseModel]) -> Iterator[str]:
    rows = {}
    for name, info in part.model_fields.items():
        if name == "name":
            continue
        required = "" if not info.is_required() else " (required)"
        rows[f"`{info.alias or name}`{required}"] = info.description or ""
    yield from _table(f"### {title}\n\n{_sentence(part.__doc__)}", ("key", "what it says"), rows)


def _table(title: str, head: tuple[str, str], rows: Mapping[str, str]) -> Iterator[str]:
    yield title
    yield ""
    yield f"| {head[0]} | {head[1]} |"
    yield "|---|---|"
    yield from (f"| {left} | {right.replace('|', chr(92) + '|')} |" for left, right in rows.items())
    yield ""


def _sentence(docstring: str | None) -> str:
    return " ".join((docstring or "").split())
