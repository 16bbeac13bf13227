"""A YAML document and a pydantic model -> an instance, or problems in plain words with their places.

Pydantic tells the place of an error as a path through the model. It differs from the path through the YAML
text in three ways, all by convention of our models: members of unions have tags like `<number>`; a validator
may turn `{length: {number: u8}}` into `{name: length, number: u8}`; and one line may stand for a whole list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, core_schema

from shortread.errors import Problem, UsageError
from shortread.spec.yaml12 import Document, did_you_mean, in_words, name_keys

M = TypeVar("M", bound=BaseModel)
Path: TypeAlias = tuple[str | int, ...]

_NAME: Final = "name"
"""The key that a validator makes from the outer key of `{length: {number: u8}}`; nobody writes it."""

_EXPECTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("string_type", "string_unicode"), "text"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), "a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "a mapping"),
    **dict.fromkeys(("literal_error", "enum", "union_tag_invalid", "union_tag_not_found"), "{choices}"),
    "bytes_type": "text or octets",
    "none_required": "nothing",
    "finite_number": "a finite number",
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number less than {lt}",
    "less_than_equal": "a number of at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "text of at least {min_length} characters",
    "string_too_long": "text of at most {max_length} characters",
    "string_pattern_mismatch": "text that matches {pattern}",
    "bytes_too_short": "at least {min_length} octets",
    "bytes_too_long": "at most {max_length} octets",
    "too_short": "a length of at least {min_length}",
    "too_long": "a length of at most {max_length}",
}
"""What was expected, by the type of pydantic's error; the context of the error fills the braces."""

_TEXT_EXPECTED: Final = frozenset(kind for kind, words in _EXPECTED.items() if words.startswith("text"))
_PYDANTICS_OWN: Final = frozenset(get_args(core_schema.ErrorType))


def validate(model: type[M], document: Document) -> M:
    """The instance of `model` that the document describes.

    Raises UsageError with every problem, sorted by its place in the text. A validator that raises
    PydanticCustomError may put `expected`, `found` and `remedy` into its context; they are used as they are.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as refused:
        errors = refused.errors(include_url=False)
    faults = _joined(_without_shallow_branches([_fault(model, document, error) for error in errors]))
    faults.sort(key=lambda fault: document.position(fault.path, of_key=fault.of_key))
    raise UsageError(list(dict.fromkeys(fault.problem(document) for fault in faults)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """One error of pydantic: `path` leads through the YAML text, `loc` through the model.

    `union` is the part of `loc` before the label of a member, where the error is about a union without tags.
    """

    path: Path
    loc: Path
    expected: str
    found: str
    remedy: str
    of_key: bool = False
    union: Path | None = None

    def problem(self, document: Document) -> Problem:
        where = document.where(self.path, of_key=self.of_key)
        return Problem(where=where, expected=self.expected, found=self.found, remedy=self.remedy)


def _fault(model: type[BaseModel], document: Document, error: ErrorDetails) -> _Fault:
    match error["type"]:
        case "missing":
            return _missing_key(document, error)
        case "extra_forbidden" | "invalid_key":
            return _unknown_key(model, document, error)
    return _wrong_value(model, document, error)


def _missing_key(document: Document, error: ErrorDetails) -> _Fault:
    *outer, key = error["loc"]
    path, here = _follow(document.data, outer)
    if isinstance(here, dict) and len(here) == 1 and not here.keys() <= set(error["input"]):
        path, here = (*path, *here), next(iter(here.values()))
    found = name_keys(here) if here and isinstance(here, dict) else in_words(here)
    return _Fault(path=path, loc=error["loc"], expected=f"a key '{key}'", found=found, remedy=f"add '{key}'")


def _unknown_key(model: type[BaseModel], document: Document, error: ErrorDetails) -> _Fault:
    *outer, key = error["loc"]
    path, _ = _follow(document.data, error["loc"])
    is_renamed = len(path) - len(_follow(document.data, outer)[0]) > 1
    allowed = [name for name in _keys(_annotations(model, outer)) if not (is_renamed and name == _NAME)]
    return _Fault(
        path=path,
        loc=error["loc"],
        of_key=True,
        expected=_one_of([f"'{name}'" for name in allowed]) or "no key",
        found=name_keys([key]),
        remedy=did_you_mean(key, allowed) or "remove it",
    )


def _wrong_value(model: type[BaseModel], document: Document, error: ErrorDetails) -> _Fault:
    loc = error["loc"]
    path, here = _follow(document.data, loc)
    of_key = loc[-1:] == ("[key]",) or (loc[-1:] == (_NAME,) and path[-1:] != (_NAME,))
    # A list or mapping that was refused may be a validator's work; the author's is in the document.
    value = error["input"] if isinstance(error["input"], str | bytes | int | float | None) else here
    found = name_keys([value]) if of_key else in_words(value)
    kind, context = error["type"], error.get("ctx", {})
    expected, remedy = "a valid value", ""
    if kind in _EXPECTED:
        choices = _choices(model, error)
        expected = _EXPECTED[kind].format(**context, choices=_one_of(choices))
        remedy = document.remedy_for_text(path) if kind in _TEXT_EXPECTED else _similar(value, choices)
    elif kind in _PYDANTICS_OWN:
        remedy = str(context.get("error", ""))
    else:
        remedy = context.get("remedy", "" if "expected" in context else error["msg"])
        expected, found = context.get("expected", expected), context.get("found", found)
    return _Fault(
        path=path,
        loc=loc,
        of_key=of_key,
        expected=expected,
        found=found,
        remedy=remedy,
        union=loc[:-1] if _ends_in_a_label(model, loc) else None,
    )


def _choices(model: type[BaseModel], error: ErrorDetails) -> list[str]:
    if error["type"] in ("literal_error", "enum"):
        return re.split(", | or ", error["ctx"]["expected"])
    annotations = _annotations(model, error["loc"])
    return [f"'{tag[1:-1]}'" for annotation in annotations for tag, _ in _members(annotation) if tag]


def _one_of(choices: Sequence[str]) -> str:
    return f"one of {', '.join(choices)}" if len(choices) > 1 else "".join(choices)


def _similar(value: object, choices: Sequence[str]) -> str:
    """Ask for the choice that is most like a text, or like the only key of a mapping."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, inner),) = value.items()
        return _similar(key, choices) or _similar(inner, choices)
    known = [choice.strip("'") for choice in choices]
    return did_you_mean(value, known) if isinstance(value, str) and value not in known else ""


def _without_shallow_branches(faults: Sequence[_Fault]) -> list[_Fault]:
    """The member of a union that got furthest into the value is the one that was meant."""
    deepest: dict[Path, int] = defaultdict(int)
    for fault in faults:
        for length in range(len(fault.loc)):
            deepest[fault.loc[:length]] = max(deepest[fault.loc[:length]], len(fault.path))
    return [fault for fault in faults if fault.union is None or len(fault.path) == deepest[fault.union]]


def _joined(faults: Iterable[_Fault]) -> list[_Fault]:
    """What the members of one union expected, as one sentence."""
    groups: dict[object, list[_Fault]] = defaultdict(list)
    for fault in faults:
        groups[fault if fault.union is None else (fault.union, fault.path, fault.found)].append(fault)
    return [_one_fault(group) for group in groups.values()]


def _one_fault(faults: Sequence[_Fault]) -> _Fault:
    first, *others = dict.fromkeys(fault.expected for fault in faults)
    expected = " or ".join((first, *(other.removeprefix("one of ") for other in others)))
    remedy = next((fault.remedy for fault in faults if fault.remedy), "")
    return replace(faults[0], expected=expected, remedy=remedy)


def _follow(data: object, loc: Sequence[str | int]) -> tuple[Path, Any]:
    """As far as `loc` leads through plain data: the path, and what is there."""
    path: Path = ()
    here: Any = data
    for element in loc:
        for part in _parts(here, element):
            path, here = (*path, part), here[part]
    return path, here


def _parts(here: object, element: str | int) -> Path:
    if _is_tag(element):
        return ()
    if _has(here, element):
        return (element,)
    if isinstance(here, dict) and len(here) == 1:
        ((key, inner),) = here.items()
        if element == _NAME:
            return (key,)
        if _has(inner, element):
            return (key, element)
    return ()


def _has(here: object, element: str | int) -> bool:
    if isinstance(here, list):
        return isinstance(element, int) and element < len(here)
    return isinstance(here, dict) and element in here


def _is_tag(element: str | int) -> bool:
    return isinstance(element, str) and element.startswith("<") and element.endswith(">")


def _annotations(model: type[BaseModel], loc: Sequence[str | int]) -> list[Any]:
    """The types that the value at `loc` may have; labels of pydantic's own lead nowhere."""
    annotations: list[Any] = [model]
    for element in loc:
        annotations = _inner(annotations, element) or annotations
    return annotations


def _ends_in_a_label(model: type[BaseModel], loc: Path) -> bool:
    return bool(loc) and loc[-1] != "[key]" and not _inner(_annotations(model, loc[:-1]), loc[-1])


def _inner(annotations: Iterable[Any], element: str | int) -> list[Any]:
    members = [member for annotation in annotations for member in _members(annotation)]
    if _is_tag(element):
        return [annotation for tag, annotation in members if tag == element]
    return [child for _, annotation in members for child in _children(annotation, element)]


def _members(annotation: Any, tag: str = "") -> Iterator[tuple[str, Any]]:
    """The members of a union and of the unions in it, each with its tag; any other type alone."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        own = next((mark.tag for mark in arguments[1:] if isinstance(mark, Tag)), tag)
        yield from _members(arguments[0], own)
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from _members(argument, tag)
    elif hasattr(annotation, "__value__"):  # the alias of a recursive type
        yield from _members(annotation.__value__, tag)
    else:
        yield tag, annotation


def _children(annotation: Any, element: str | int) -> Iterator[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if _is_model(annotation):
        for name, field in _fields(annotation):
            if element in (name, field.validation_alias):
                yield field.annotation
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield arguments[1]
    elif isinstance(origin, type) and isinstance(element, int):
        yield from (argument for argument in arguments if argument is not Ellipsis)


def _keys(annotations: Iterable[Any]) -> list[str]:
    """The keys that models among the types allow, as the author writes them."""
    models = [member for annotation in annotations for _, member in _members(annotation) if _is_model(member)]
    return [str(field.validation_alias or name) for model in models for name, field in _fields(model)]


def _fields(model: type[BaseModel]) -> Iterable[tuple[str, FieldInfo]]:
    model.model_rebuild(raise_errors=False)  # the names in a recursive model may not have been resolved yet
    return model.model_fields.items()


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
