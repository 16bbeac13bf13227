"""The spec language as types: what a YAML spec may say. The descriptions are its documentation.

A one-key mapping names a field (`- length: {number: u16be}`), a bare string or tagged literal is a constant.
Which keys exist is decided here; whether they make sense together is decided in `lint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from shortread.spec.forms import expand_frame

DEFAULT_MAX_FRAME_BYTES = 1 << 20

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
ProtocolName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
NaturalNumber = Annotated[int, Field(ge=0, strict=True)]
PositiveNumber = Annotated[int, Field(ge=1, strict=True)]
DigitCount = Annotated[int, Field(ge=1, le=100, strict=True)]

BinaryNumber = Literal[
    "u8", "u16be", "u16le", "u24be", "u24le", "u32be", "u32le", "u64be", "u64le",
    "i8", "i16be", "i16le", "i24be", "i24le", "i32be", "i32le", "i64be", "i64le",
]  # fmt: skip
DigitsNumber = Literal["digits", "hex-digits", "octal-digits"]


def _octets(value: object) -> object:
    return value.encode() if isinstance(value, str) else value


Octets = Annotated[bytes, BeforeValidator(_octets), Field(strict=True)]
"""Octets, written as text (then in UTF-8) or with a tag such as `!hex`."""


class Model(BaseModel):
    """What every part of a spec derives from: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Until(Model):
    """An extent that ends before a delimiter; the delimiter is consumed and is not part of the content."""

    until: Annotated[Octets, Field(min_length=1, description="the delimiter")]


def _extent_tag(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "<size>"
    return "<until>" if isinstance(value, dict | Until) else "<word>"


Extent = Annotated[
    Annotated[PositiveNumber, Tag("<size>")]
    | Annotated[Literal["counted"], Tag("<word>")]
    | Annotated[Until, Tag("<until>")],
    Discriminator(_extent_tag),
]


class NamedField(Model):
    """What every field has."""

    name: Annotated[Name | None, Field(description="set by the key that stands before the field")] = None


class NumberField(NamedField):
    """A number, in binary or in digits."""

    number: Annotated[BinaryNumber | DigitsNumber, Field(description="how the number is written")]
    min: Annotated[int | None, Field(strict=True, description="the smallest value allowed")] = None
    max: Annotated[int | None, Field(strict=True, description="the largest value allowed")] = None
    max_digits: Annotated[DigitCount | None, Field(description="digits: how many there may be")] = None
    width: Annotated[DigitCount | None, Field(description="digits: how many there are, always")] = None
    leading_zeros: Annotated[Literal["forbid", "allow"], Field(description="digits: whether 007 is a number")] = (
        "forbid"
    )
    counts: Annotated[
        list[Name] | Literal["all"] | None, Field(description="the fields whose octets this number counts")
    ] = None


class ConstField(NamedField):
    """Octets that are always the same; a mismatch is noticed at the first wrong octet."""

    const: Annotated[Octets, Field(min_length=1, description="the octets")]


class BytesField(NamedField):
    """Octets that mean nothing to the framing."""

    bytes: Annotated[Extent, Field(description="a size, `counted`, or `{until: DELIMITER}`")]
    max: Annotated[NaturalNumber | None, Field(description="the most octets allowed, delimiter excluded")] = None


class TextField(NamedField):
    """Characters, decoded once the whole field has come."""

    text: Annotated[Extent, Field(description="a size, `counted`, or `{until: DELIMITER}`")]
    charset: Annotated[Literal["utf-8", "ascii", "latin-1"], Field(description="how the characters are encoded")] = (
        "utf-8"
    )
    max: Annotated[NaturalNumber | None, Field(description="the most octets allowed, delimiter excluded")] = None


FIELD_KINDS: Mapping[str, type[NamedField]] = {
    "number": NumberField,
    "const": ConstField,
    "bytes": BytesField,
    "text": TextField,
}


def _field_kind(value: object) -> str | None:
    if isinstance(value, Mapping):
        kinds = [kind for kind in FIELD_KINDS if kind in value]
    else:
        kinds = [kind for kind, model in FIELD_KINDS.items() if isinstance(value, model)]
    return f"<{kinds[0]}>" if len(kinds) == 1 else None


def _unfold_field(value: object) -> object:
    """Bring the ways of writing a field into one: a mapping with its kind and, where it has one, its name."""
    if isinstance(value, str | bytes):
        return {"const": value}
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        ((name, body),) = value.items()
        if isinstance(body, Mapping):
            value = {"name": name, **body}
    if _field_kind(value) is None:
        raise PydanticCustomError(
            "field_kind",
            "{expected}",
            {
                "expected": "a field with one of the kinds " + ", ".join(FIELD_KINDS),
                "found": "the keys " + (", ".join(str(key) for key in value if key != "name") or "of no kind"),
                "remedy": "write for example: - body: {bytes: counted}",
            },
        )
    return value


AnyField = Annotated[
    Annotated[NumberField, Tag("<number>")]
    | Annotated[ConstField, Tag("<const>")]
    | Annotated[BytesField, Tag("<bytes>")]
    | Annotated[TextField, Tag("<text>")],
    Discriminator(_field_kind),
    BeforeValidator(_unfold_field),
]

Fields = Annotated[list[AnyField], BeforeValidator(expand_frame), Field(min_length=1)]


class Spec(Model):
    """The framing of one protocol."""

    shortread: Annotated[Literal["spec/1"], Field(description="the kind of this file and its version")]
    protocol: Annotated[ProtocolName, Field(description="the name by which the spec is found")]
    title: Annotated[str, Field(description="the protocol's name for people")]
    reference: Annotated[str, Field(description="the document that the spec follows")]
    max_frame_bytes: Annotated[PositiveNumber, Field(description="the most octets of one frame on the wire")] = (
        DEFAULT_MAX_FRAME_BYTES
    )
    frame: Annotated[Fields, Field(description="the fields of a frame in wire order, or a one-line form")]
    message: Annotated[
        Name | list[Name] | None, Field(description="the field, or the fields, that the application sees")
    ] = None
    reply: Annotated[Literal["echo"], Field(description="how it is known what the implementation understood")]
    messages: Annotated[
        list[Any], Field(min_length=1, description="messages to send; lint says which ones are missing")
    ]

    @property
    def message_names(self) -> tuple[str, ...]:
        """The fields that the application sees; `body` where the spec does not say, as in the one-line forms."""
        if isinstance(self.message, list):
            return tuple(self.message)
        return (self.message or "body",)
