"""A YAML document and a pydantic model -> the model's instance, or problems in plain words with their places.

Pydantic says where an error is by a path of keys, indices and labels of its own. Three things stand between that
path and the YAML text, all by convention of our models: members of unions have tags like `<number>`; a validator
may turn `{length: {number: u8}}` into `{name: length, number: u8}`; and a one-line form may stand for a whole list.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import core_schema

from shortread.errors import Problem, UsageError
from shortread.spec.yaml12 import did_you_mean, in_words, name_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from shortread.spec.yaml12 import Document

M = TypeVar("M", bound=BaseModel)
Path: TypeAlias = tuple[str | int, ...]

_NAME: Final = "name"
"""The key that stands for the outer key of `{length: {number: u8}}`; nobody writes it there."""

_TAG: Final = re.compile(r"<.+>")

_EXPECTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), "text"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), "a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "a mapping"),
    **dict.fromkeys(("literal_error", "enum"), "{choices}"),
    **dict.fromkeys(("union_tag_invalid", "union_tag_not_found"), "{choices}"),
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
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
}
"""What was expected, by the type of pydantic's error, with what its context holds in braces."""

_TEXT_EXPECTED: Final = frozenset(kind for kind, words in _EXPECTED.items() if words.startswith("text"))
_KNOWN_TO_PYDANTIC: Final = frozenset(get_args(core_schema.ErrorType))
