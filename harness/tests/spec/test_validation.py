"""What pydantic finds wrong is told in plain words, at the place where it stands in the YAML text."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from shortread.errors import UsageError
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_document

# A small language with everything that ours has


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(Model):
    name: Annotated[str, Field(pattern="^[a-z]+$")] | None = None
    number: Literal["u8", "u16be"]
    max: Annotated[int, Field(ge=1, strict=True)] | None = None
    counts: list[Annotated[str, Field(pattern="^[a-z]+$")]] | Literal["all"] = "all"


class Bytes(Model):
    name: str | None = None
    bytes: int


class Group(Model):
    group: list[AnyField]


def _form(field: object) -> str | None:
    forms = [form for form in ("number", "bytes", "group") if isinstance(field, dict) and form in field]
    return f"<{forms[0]}>" if forms else None


def _unfold(field: object) -> object:
    match field:
        case {**only} if len(only) == 1 and isinstance(body := next(iter(only.values())), dict):
            return {"name": next(iter(only)), **body}
    return field


def _expand(frame: object) -> object:
    return [{"length": {"number": frame["prefix"]}}] if isinstance(frame, dict) and "prefix" in frame else frame


AnyField = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[Bytes, Tag("<bytes>")] | Annotated[Group, Tag("<group>")],
    Discriminator(_form),
    BeforeValidator(_unfold),
]


class Side(Enum):
    CLIENT = "client"
    SERVER = "server"


class Spec(Model):
    frame: Annotated[list[AnyField], BeforeValidator(_expand)] = []
    title: str = ""
    kind_: Annotated[str, Field(alias="kind")] = ""
    first: Side = Side.CLIENT
    cases: dict[str, Annotated[int, Field(strict=True)]] = {}
    roles: dict[Literal["reader", "writer"], str] = {}
    command: list[str] = []
    ratio: float = 0.0
    quiet: bool = False
    low: int = 0
    high: int = 0

    @model_validator(mode="after")
    def _low_is_below_high(self) -> Spec:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


def problems(text: str, model: type[BaseModel] = Spec) -> list[str]:
    with pytest.raises(UsageError) as refused:
        validate(model, load_document(text, file="a.yaml"))
    return [str(problem) for problem in refused.value.problems]


def test_a_valid_document_becomes_an_instance() -> None:
    text = "kind: x\nframe: [{length: {number: u8}}, {body: {bytes: 3}}]"
    spec = validate(Spec, load_document(text, file="a.yaml"))
    assert spec.kind_ == "x"
    assert spec.frame == [Number(name="length", number="u8"), Bytes(name="body", bytes=3)]


# Keys


def test_an_unknown_key_is_told_with_the_known_ones() -> None:
    keys = "'frame', 'title', 'kind', 'first', 'cases', 'roles', 'command', 'ratio', 'quiet', 'low', 'high'"
    assert problems("titel: x\n\n  # far below\nzzz: 1\n") == [
        f"a.yaml:1:1: expected one of {keys}, found the key 'titel'; did you mean 'title'?",
        f"a.yaml:4:1: expected one of {keys}, found the key 'zzz'; remove it",
    ]


def test_a_field_is_known_by_its_alias_only() -> None:
    (problem,) = problems("kind_: x")
    assert problem.endswith("found the key 'kind_'; did you mean 'kind'?")


def test_an_unknown_key_inside_of_a_named_field() -> None:
    assert problems("frame:\n  - length: {number: u8, maks: 3}\n") == [
        "a.yaml:2:26: expected one of 'number', 'max', 'counts', found the key 'maks'; did you mean 'max'?"
    ]


def test_an_unknown_key_several_models_down() -> None:
    assert problems("frame: [{group: [{group: [{bytes: 1, byte: 2}]}]}]") == [
        "a.yaml:1:38: expected one of 'name', 'bytes', found the key 'byte'; did you mean 'bytes'?"
    ]


class Header(Model):
    header_length: int
    body: int


class Frame(Model):
    frame: list[Annotated[Header, BeforeValidator(_unfold)]]
    title: str


def test_a_missing_key_is_told_with_those_that_are_there() -> None:
    assert problems("frame: [{body: 1}]", model=Frame) == [
        "a.yaml:1:1: expected a key 'title', found the key 'frame'; add 'title'",
        "a.yaml:1:9: expected a key 'header_length', found the key 'body'; add 'header_length'",
    ]
    assert problems("{}", model=Header) == [
        "a.yaml:1:1: expected a key 'header_length', found an empty mapping; add 'header_length'",
        "a.yaml:1:1: expected a key 'body', found an empty mapping; add 'body'",
    ]


def test_the_keys_of_a_named_field_are_those_below_its_name() -> None:
    class Named(Model):
        name: str
        size: int
        unit: str

    class Names(Model):
        names: list[Annotated[Named, BeforeValidator(_unfold)]]

    assert problems("names:\n  - disk:\n      size: 3\n", model=Names) == [
        "a.yaml:3:7: expected a key 'unit', found the key 'size'; add 'unit'"
    ]


def test_wrong_keys_of_a_free_mapping() -> None:
    assert problems("cases: {1: 1}\nroles:\n  writer: x\n  raeder: y\n") == [
        "a.yaml:1:9: expected text, found the key '1'",
        "a.yaml:4:3: expected one of 'reader', 'writer', found the key 'raeder'; did you mean 'reader'?",
    ]


def test_the_name_of_a_field_is_its_key() -> None:
    assert problems("frame:\n - {bytes: 1}\n - Length: {number: u8}\n") == [
        "a.yaml:3:4: expected text that matches ^[a-z]+$, found the key 'Length'"
    ]


# Values


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title: 5", "1:8: expected text, found the number 5"),
        ("title:", "1:1: expected text, found nothing"),
        ("title: [a, b]", "1:8: expected text, found a list of 2"),
        ("title: {a: b}", "1:8: expected text, found a mapping with the key 'a'"),
        ("title: {port}", "1:8: expected text, found a mapping with the key 'port'; quote it: \"{port}\""),
        (
            "command: [go, {port}]",
            "1:15: expected text, found a mapping with the key 'port'; quote it: \"{port}\"",
        ),
        ("command: go", "1:10: expected a list, found the text 'go'"),
        ("frame: !hex 00ff", "1:8: expected a list, found the octets 00ff"),
        ("cases: ''", "1:8: expected a mapping, found an empty text"),
        ("cases: {a: 1.5}", "1:12: expected a whole number, found the number 1.5"),
        ("cases: {a: true}", "1:12: expected a whole number, found the truth value true"),
        ("ratio: many", "1:8: expected a number, found the text 'many'"),
        ("quiet: maybe", "1:8: expected true or false, found the text 'maybe'"),
        (
            "first: sever",
            "1:8: expected one of 'client', 'server', found the text 'sever'; did you mean 'server'?",
        ),
        ("title: " + "5" * 60 + "\n", "1:8: expected text, found the number " + "5" * 60),
        ("cases: " + "x" * 60, "1:8: expected a mapping, found the text '" + "x" * 40 + "'… (60 characters)"),
    ],
)
def test_a_wrong_value_is_told_with_its_kind(text: str, problem: str) -> None:
    assert problems(text) == [f"a.yaml:{problem}"]


def test_a_named_field_is_looked_into() -> None:
    assert problems("frame:\n  - length: {number: u16,\n             max: 0}\n") == [
        "a.yaml:2:22: expected one of 'u8', 'u16be', found the text 'u16'; did you mean 'u16be'?",
        "a.yaml:3:19: expected a number of at least 1, found the number 0",
    ]


def test_an_unknown_form_is_told_with_the_known_ones() -> None:
    assert problems("frame:\n  - length: {numbr: u8}\n  - 5\n") == [
        "a.yaml:2:5: expected one of 'number', 'bytes', 'group', found a mapping with the key 'length'; "
        "did you mean 'number'?",
        "a.yaml:3:5: expected one of 'number', 'bytes', 'group', found the number 5",
    ]


def test_what_a_one_line_form_stands_for_is_told_where_the_form_is() -> None:
    assert problems("frame: {prefix: u16}") == [
        "a.yaml:1:8: expected one of 'u8', 'u16be', found the text 'u16'; did you mean 'u16be'?"
    ]


def test_the_members_of_a_union_make_one_problem() -> None:
    assert problems("frame: [{number: u8, counts: al}]") == [
        "a.yaml:1:30: expected a list or 'all', found the text 'al'; did you mean 'all'?"
    ]


def test_the_member_of_a_union_that_was_meant_is_the_one_that_got_furthest() -> None:
    assert problems("frame: [{number: u8, counts: [body, Length]}]") == [
        "a.yaml:1:37: expected text that matches ^[a-z]+$, found the text 'Length'"
    ]


def test_a_problem_in_a_value_with_aliases_is_told_once() -> None:
    assert problems("frame: [&x {number: u88}, *x, *x]") == [
        "a.yaml:1:21: expected one of 'u8', 'u16be', found the text 'u88'; did you mean 'u8'?"
    ]


def test_problems_come_in_the_order_of_the_text() -> None:
    places = [problem.split(": ")[0] for problem in problems("title: 1\nzzz: 2\ncommand: 3\nframe: 4\n")]
    assert places == ["a.yaml:1:8", "a.yaml:2:1", "a.yaml:3:10", "a.yaml:4:8"]


# What validators of our own say


def test_a_value_error_is_the_remedy() -> None:
    assert problems("low: 2\nhigh: 1") == [
        "a.yaml:1:1: expected a valid value, found a mapping with the keys 'low', 'high'; low is above high"
    ]


@pytest.mark.parametrize(
    ("context", "problem"),
    [
        (
            {"expected": "an even number", "found": "an odd one", "remedy": "add 1"},
            "expected an even number, found an odd one; add 1",
        ),
        ({"expected": "an even number"}, "expected an even number, found the number 3"),
        ({}, "expected a valid value, found the number 3; it is odd"),
    ],
)
def test_custom_errors_are_used_as_they_are(context: dict[str, str], problem: str) -> None:
    def refuse(_value: object) -> None:
        raise PydanticCustomError("odd", "it is odd", context)

    class Even(Model):
        even: Annotated[int, BeforeValidator(refuse)]

    assert problems("even: 3", model=Even) == [f"a.yaml:1:7: {problem}"]


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (Annotated[int, Field(gt=3)], "3", "a number greater than 3"),
        (Annotated[int, Field(lt=3)], "3", "a number less than 3"),
        (Annotated[int, Field(le=2)], "3", "a number of at most 2"),
        (Annotated[int, Field(multiple_of=2)], "3", "a multiple of 2"),
        (Annotated[float, Field(allow_inf_nan=False)], ".inf", "a finite number"),
        (Annotated[str, Field(min_length=2)], "a", "text of at least 2 characters"),
        (Annotated[str, Field(max_length=2)], "abc", "text of at most 2 characters"),
        (Annotated[bytes, Field(min_length=2)], "!hex 00", "at least 2 octets"),
        (Annotated[bytes, Field(max_length=2)], "!hex 000102", "at most 2 octets"),
        (Annotated[list[int], Field(min_length=2)], "[1]", "a length of at least 2"),
        (Annotated[list[int], Field(max_length=2)], "[1, 2, 3]", "a length of at most 2"),
        (bytes, "[]", "text or octets"),
        (Header, "a", "a mapping"),
        (complex, "a", "a valid value"),  # has no words of its own
    ],
)
def test_what_is_expected_has_words_of_our_own(annotation: Any, value: str, expected: str) -> None:
    class Holder(Model):
        value: annotation

    (problem,) = problems(f"value: {value}", model=Holder)
    assert problem.startswith(f"a.yaml:1:8: expected {expected}, found ")


KEYS = st.sampled_from(["number", "counts", "x", "name"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "u8", "all", "client"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["frame", "title", "cases", "first", "command", "low"]), VALUES))
def test_pydantics_own_wording_never_shows(data: dict[str, object]) -> None:
    text = _all_problems(yaml.safe_dump(data))
    assert "Input should" not in text
    assert "Value error" not in text
    assert "Unable to" not in text


def _all_problems(text: str) -> str:
    try:
        validate(Spec, load_document(text, file="a.yaml"))
    except UsageError as refused:
        return str(refused)
    return ""
