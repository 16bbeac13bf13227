"""The spec language as types: what a YAML spec may say. The descriptions are its documentation.

A one-key mapping names a field (`- length: {number: u16be}`), a bare string or tagged literal is a constant.
Which keys exist is decided here; whether they make sense together is decided in `lint`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic_core import PydanticCustomError

from shortread.expected import parse_expected
from shortread.spec.expressions import parse_expression
from shortread.spec.forms import expand_frame

DEFAULT_MAX_FRAME_BYTES = 1 << 20

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
ProtocolName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
NaturalNumber = Annotated[int, Field(ge=0, strict=True)]
PositiveNumber = Annotated[int, Field(ge=1, strict=True)]

BinaryNumber = Literal[
    "u8", "u16be", "u16le", "u24be", "u24le", "u32be", "u32le", "u64be", "u64le",
    "i8", "i16be", "i16le", "i24be", "i24le", "i32be", "i32le", "i64be", "i64le",
]  # fmt: skip
DigitsNumber = Literal["digits", "hex-digits", "octal-digits"]
VariableNumber = Literal["leb128", "ber-length"]
ChecksumName = Literal["sum8", "xor8", "crc16-x25", "crc16-modbus", "crc16-xmodem", "crc16-ccitt", "crc32"]
ErrorCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]


def _octets(value: object) -> object:
    return value.encode() if isinstance(value, str) else value


def _checked_expression(text: str) -> str:
    try:
        parse_expression(text)
    except ValueError as error:
        raise PydanticCustomError(
            "expression",
            "{expected}",
            {"expected": "an expression over fields", "found": str(error), "remedy": "see «Expressions»"},
        ) from error
    return text


Octets = Annotated[bytes, BeforeValidator(_octets), Field(strict=True)]
"""Octets, written as text (then in UTF-8) or with a tag such as `!hex`."""

ExpressionText = Annotated[str, AfterValidator(_checked_expression)]


class Model(BaseModel):
    """What every part of a spec derives from: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Until(Model):
    """An extent that ends before a delimiter; the delimiter is consumed and is not part of the content."""

    until: Annotated[Octets, Field(min_length=1, description="the delimiter")]


class UntilAny(Model):
    """The same for several delimiters; the first is the one to send."""

    until_any: Annotated[
        list[Annotated[Octets, Field(min_length=1)]], Field(min_length=2, description="the delimiters")
    ]


def _extent_tag(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "<size>"
    if isinstance(value, UntilAny) or (isinstance(value, Mapping) and "until_any" in value):
        return "<until_any>"
    return "<until>" if isinstance(value, Mapping | Until) else "<word>"


Extent = Annotated[
    Annotated[PositiveNumber, Tag("<size>")]
    | Annotated[Literal["counted", "rest"], Tag("<word>")]
    | Annotated[Until, Tag("<until>")]
    | Annotated[UntilAny, Tag("<until_any>")],
    Discriminator(_extent_tag),
]


class XorTransform(Model):
    """Combine with a key that an earlier field holds."""

    xor: Annotated[Name, Field(description="the field that holds the key")]


class UnprefixTransform(Model):
    """A line that begins with the prefix carries it twice on the wire; the prefix alone is no line, but `none`."""

    unprefix: Annotated[Octets, Field(min_length=1, description="the prefix")]


class EscapeTransform(Model):
    """A table of escapes."""

    escapes: Annotated[
        dict[str, Octets],
        Field(min_length=1, description="each wire sequence and what it stands for; all begin with one octet"),
    ]


def _transform_tag(value: object) -> str:
    for tag, model in (("xor", XorTransform), ("unprefix", UnprefixTransform), ("escapes", EscapeTransform)):
        if isinstance(value, model) or (isinstance(value, Mapping) and tag in value):
            return f"<{tag}>"
    return "<word>"


AnyTransform = Annotated[
    Annotated[Literal["slip", "hdlc", "cobs"], Tag("<word>")]
    | Annotated[XorTransform, Tag("<xor>")]
    | Annotated[UnprefixTransform, Tag("<unprefix>")]
    | Annotated[EscapeTransform, Tag("<escapes>")],
    Discriminator(_transform_tag),
]


class NamedField(Model):
    """What every field has."""

    name: Annotated[Name | None, Field(description="set by the key that stands before the field")] = None


class NumberField(NamedField):
    """A number: in binary, in digits, of variable length, or a ladder."""

    number: Annotated[
        BinaryNumber | DigitsNumber | VariableNumber | Literal["ladder"], Field(description="how it is written")
    ]
    min: Annotated[int | None, Field(strict=True, description="the smallest value allowed")] = None
    max: Annotated[int | None, Field(strict=True, description="the largest value allowed")] = None
    one_of: Annotated[list[int] | None, Field(min_length=1, description="the only values allowed")] = None
    max_digits: Annotated[PositiveNumber | None, Field(description="digits: how many there may be")] = None
    width: Annotated[PositiveNumber | None, Field(description="digits: how many there are, always")] = None
    leading_zeros: Annotated[Literal["forbid", "allow"], Field(description="digits: whether 007 is a number")] = (
        "forbid"
    )
    sign: Annotated[Literal["forbid", "allow"], Field(description="digits: whether -1 is a number")] = "forbid"
    max_bytes: Annotated[
        PositiveNumber | None, Field(description="leb128, ber-length: how many octets it may have")
    ] = None
    minimal: Annotated[bool, Field(description="leb128, ber-length, ladder: whether only the shortest form counts")] = (
        False
    )
    small: Annotated[Name | None, Field(description="ladder: the earlier field that holds a small number")] = None
    rungs: Annotated[
        dict[int, BinaryNumber] | None,
        Field(description="ladder: small values that say that a wider number follows, and how it is written"),
    ] = None
    counts: Annotated[
        list[Name] | Literal["all"] | None, Field(description="the fields whose octets this number counts")
    ] = None
    count_of: Annotated[Name | None, Field(description="the repeated field whose items this number counts")] = None
    absent: Annotated[
        int | None, Field(strict=True, description="the value that says that what is counted is not there")
    ] = None


class BitsField(NamedField):
    """Fields smaller than an octet, the most significant first."""

    bits: Annotated[dict[Name, PositiveNumber], Field(min_length=1, description="how many bits each field has")]
    fixed: Annotated[dict[Name, NaturalNumber], Field(description="fields that must have one value")] = Field(
        default_factory=dict
    )


class ConstField(NamedField):
    """Octets that are always the same; a mismatch is noticed at the first wrong octet."""

    const: Annotated[Octets, Field(min_length=1, description="the octets")]


class ContentField(NamedField):
    """What fields of content have in common."""

    max: Annotated[NaturalNumber | None, Field(description="the most octets allowed, delimiter excluded")] = None
    via: Annotated[list[AnyTransform], Field(description="transforms from content to wire, in order")] = Field(
        default_factory=list
    )
    eof: Annotated[
        Literal["error", "ends"], Field(description="until: whether the end of the stream is a delimiter too")
    ] = "error"


class BytesField(ContentField):
    """Octets that mean nothing to the framing, or that are parsed again."""

    bytes: Annotated[Extent, Field(description="a size, `counted`, `{until: …}`, `{until_any: […]}`, or `rest`")]
    as_: Annotated[Name | None, Field(alias="as", description="a type that the octets must be, all of them")] = None
    counts: Annotated[
        dict[NaturalNumber, Name],
        Field(description="words of a line, from 0, and the fields whose octets they count, where those are there"),
    ] = Field(default_factory=dict)


class CharsetFrom(Model):
    """A charset that an earlier field names."""

    from_: Annotated[str, Field(alias="from", pattern=r"^[a-z][a-z0-9_]*\.[^.]+$", description="FIELD.MEMBER")]
    default: Annotated[str, Field(description="the charset where nothing is named")] = "utf-8"


class TextField(ContentField):
    """Characters, decoded once the whole field has come."""

    text: Annotated[Extent, Field(description="a size, `counted`, `{until: …}`, `{until_any: […]}`, or `rest`")]
    charset: Annotated[
        Literal["utf-8", "ascii", "latin-1"] | CharsetFrom, Field(description="how the characters are encoded")
    ] = "utf-8"


class JsonField(ContentField):
    """A JSON text."""

    json_: Annotated[Extent, Field(alias="json", description="a size, `counted`, `{until: …}`, or `rest`")]
    counts: Annotated[dict[str, Name], Field(description="members and the fields whose octets they count")] = Field(
        default_factory=dict
    )
    require: Annotated[list[str], Field(description="members that must be there")] = Field(default_factory=list)


class HeadersField(NamedField):
    """Lines of a name and a value, up to a blank line."""

    headers: Annotated[
        list[Annotated[Octets, Field(min_length=1)]],
        Field(min_length=1, description="the line ends; the first is sent"),
    ]
    max: Annotated[PositiveNumber, Field(description="the most octets, all lines together")]
    separator: Annotated[str, Field(description="what is sent between name and value")] = ": "
    counts: Annotated[dict[str, Name], Field(description="headers and the fields whose octets they count")] = Field(
        default_factory=dict
    )
    require: Annotated[list[str], Field(description="headers that must be there")] = Field(default_factory=list)


class When(Model):
    """A condition and what follows where it holds."""

    if_: Annotated[ExpressionText, Field(alias="if", description="the condition")]
    then: Annotated[AnyType, Field(description="what follows then")]


class ChoiceField(NamedField):
    """One of several types."""

    choice: Annotated[
        Name | Literal["when", "peek"],
        Field(
            description="the field that decides, `when`, or `peek` for the next octet, which belongs to what follows"
        ),
    ]
    cases: Annotated[
        dict[int | str, AnyType] | None, Field(description="values of the field, or octets, and what follows each")
    ] = None
    when: Annotated[list[When] | None, Field(description="conditions, tried in order")] = None
    else_: Annotated[AnyType | Literal["reject"], Field(alias="else", description="what follows otherwise")] = "reject"


class RepeatField(NamedField):
    """Items of one type."""

    repeat: Annotated[AnyType, Field(description="what one item is")]
    max: Annotated[PositiveNumber, Field(description="the most items allowed, without a last one that is not kept")]
    count: Annotated[NaturalNumber | Literal["counted"] | None, Field(description="how many items there are")] = None
    until: Annotated[ExpressionText | None, Field(description="what holds for the last item")] = None
    keep_last: Annotated[bool, Field(description="until: whether the last item belongs to the value")] = True
    last: Annotated[Any, Field(description="keep_last: false: the last item, to build it")] = b""
    joined: Annotated[
        PositiveNumber | None, Field(description="the items are octets, one after the other, at most so many each")
    ] = None


class ChecksumField(NamedField):
    """A checksum over raw octets."""

    checksum: Annotated[ChecksumName, Field(description="how it is computed")]
    number: Annotated[BinaryNumber | DigitsNumber, Field(description="how it is written")]
    width: Annotated[PositiveNumber | None, Field(description="digits: how many there are")] = None
    over: Annotated[
        list[Name],
        Field(min_length=1, description="the fields that it covers, in order, with constants and delimiters between"),
    ]


class CheckField(NamedField):
    """A condition that must hold."""

    check: Annotated[ExpressionText, Field(description="the condition")]
    code: Annotated[ErrorCode, Field(description="the error code where it does not hold")] = "check_failed"
    at: Annotated[Name | None, Field(description="the field where the error is; here where it is not said")] = None


class TypeField(NamedField):
    """A field of a named type."""

    type: Annotated[Name, Field(description="a name from `types`")]


FIELD_KINDS: Mapping[str, type[NamedField]] = {
    "checksum": ChecksumField,
    "check": CheckField,
    "number": NumberField,
    "bits": BitsField,
    "const": ConstField,
    "bytes": BytesField,
    "text": TextField,
    "json": JsonField,
    "headers": HeadersField,
    "choice": ChoiceField,
    "repeat": RepeatField,
    "type": TypeField,
}
"""Each kind of field by its key. A checksum is a number too, so its key decides."""


def _field_kind(value: object) -> str | None:
    if isinstance(value, Mapping):
        kind = next((kind for kind in FIELD_KINDS if kind in value), None)
    else:
        kind = next((kind for kind, model in FIELD_KINDS.items() if isinstance(value, model)), None)
    return f"<{kind}>" if kind else None


def _unfold_field(value: object) -> object:
    """Bring the ways of writing a field into one: a mapping with its kind and, where it has one, its name."""
    if isinstance(value, str | bytes):
        return {"const": value}
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        ((name, body),) = value.items()
        if isinstance(body, Mapping) and name not in ("bits",):
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
    | Annotated[BitsField, Tag("<bits>")]
    | Annotated[ConstField, Tag("<const>")]
    | Annotated[BytesField, Tag("<bytes>")]
    | Annotated[TextField, Tag("<text>")]
    | Annotated[JsonField, Tag("<json>")]
    | Annotated[HeadersField, Tag("<headers>")]
    | Annotated[ChoiceField, Tag("<choice>")]
    | Annotated[RepeatField, Tag("<repeat>")]
    | Annotated[ChecksumField, Tag("<checksum>")]
    | Annotated[CheckField, Tag("<check>")]
    | Annotated[TypeField, Tag("<type>")],
    Discriminator(_field_kind),
    BeforeValidator(_unfold_field),
]

FieldList: TypeAlias = list[AnyField]


def _type_tag(value: object) -> str:
    return "<fields>" if isinstance(value, list) else "<name>"


AnyType = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[FieldList, Tag("<fields>")],
    Discriminator(_type_tag),
]
"""A named type, a number by its name, `nothing`, or fields in place."""

Fields = Annotated[FieldList, Field(min_length=1)]
FrameWord = Literal["none", "raw"]


def _frame_tag(value: object) -> str:
    if isinstance(value, str):
        return "<word>" if value in ("none", "raw") else "<name>"
    return "<fields>"


Frame = Annotated[
    Annotated[FrameWord, Tag("<word>")] | Annotated[Name, Tag("<name>")] | Annotated[Fields, Tag("<fields>")],
    Discriminator(_frame_tag),
    BeforeValidator(expand_frame),
]


class Phase(Model):
    """One state of a direction."""

    frame: Annotated[Frame, Field(description="the frames of this phase")]
    next: Annotated[
        dict[Name, ExpressionText], Field(description="phases, and the condition over the frame that leads there")
    ] = Field(default_factory=dict)
    at_end: Annotated[
        Literal["clean", "error"], Field(description="what the end of the stream between two frames is")
    ] = "clean"
    idle: Annotated[Octets | None, Field(description="octets that may stand between frames and mean nothing")] = None
    message: Annotated[Name | list[Name] | None, Field(description="what the application sees in this phase")] = None
    pipelining: Annotated[
        Literal["yes", "no"] | None, Field(description="the same as for the spec, in this phase alone")
    ] = None


class Direction(Model):
    """What one side sends."""

    frame: Annotated[Frame | None, Field(description="the frames")] = None
    phases: Annotated[dict[Name, Phase] | None, Field(description="states; the first is where it starts")] = None
    message: Annotated[Name | list[Name] | None, Field(description="what the application sees")] = None


def _expand_direction(value: object) -> object:
    if isinstance(value, Mapping) and ({"frame", "phases"} & set(value)):
        return value
    return value if isinstance(value, Direction) else {"frame": value}


AnyDirection = Annotated[Direction, BeforeValidator(_expand_direction)]


class Directions(Model):
    """The two sides, where they speak differently."""

    client: Annotated[AnyDirection, Field(description="what the client sends")]
    server: Annotated[AnyDirection, Field(description="what the server sends")]


def _checked_expectation(written: object) -> object:
    try:
        parse_expected(written)
    except re.error as error:
        raise PydanticCustomError(
            "expectation",
            "{expected}",
            {"expected": "a regular expression", "found": str(error), "remedy": "see Python's module re"},
        ) from error
    return written


Expectation = Annotated[Any, AfterValidator(_checked_expectation)]
"""`any`, `{pattern: REGEX}`, `{type: NAME}`, `{literal: VALUE}`, or a message whose parts may be one of these."""


class Step(Model):
    """What is sent, what must come back, or one of the two."""

    send: Annotated[Any, Field(description="a message; left out where the other side goes on by itself")] = None
    expect: Annotated[
        Expectation,
        Field(description="`any`, `{pattern: …}`, `{type: …}`, `{literal: …}`, or a message whose parts may be such"),
    ] = None

    @property
    def is_sent(self) -> bool:
        """Whether it sends something; what is sent may be a message that says nothing."""
        return "send" in self.model_fields_set

    @property
    def is_expected(self) -> bool:
        """Whether something must come back."""
        return "expect" in self.model_fields_set


class RecordedFrame(Model):
    """A frame as it was seen on the wire."""

    wire: Annotated[Octets, Field(min_length=1, description="its octets")]
    message: Annotated[Any, Field(description="what it says, for people")] = None


class Turn(Model):
    """What one side said, as it was seen on the wire, until it was the other's turn."""

    send: Annotated[Octets | None, Field(min_length=1, description="octets to send")] = None
    expect: Annotated[
        Octets | None, Field(min_length=1, description="octets that must come; `any` for what is not compared")
    ] = None
    message: Annotated[Any, Field(description="send: what it says; it is one frame then")] = None


class OnMalformed(Model):
    """What may follow a frame that must be refused."""

    default: Annotated[Literal["close", "error_reply", "ignore"], Field(description="what is usual")] = "close"
    allow: Annotated[
        list[Literal["close", "error_reply", "ignore"]], Field(min_length=1, description="what is allowed")
    ] = ["close", "error_reply", "ignore"]
    error: Annotated[Expectation, Field(description="what an error reply says")] = None


class Spec(Model):
    """The framing of one protocol."""

    shortread: Annotated[Literal["spec/1"], Field(description="the kind of this file and its version")]
    protocol: Annotated[ProtocolName, Field(description="the name by which the spec is found")]
    title: Annotated[str, Field(description="the protocol's name for people")]
    reference: Annotated[str, Field(description="the document that the spec follows")]
    covers: Annotated[str | None, Field(description="what part of the protocol the spec describes, if not all")] = None
    max_frame_bytes: Annotated[PositiveNumber, Field(description="the most octets of one frame on the wire")] = (
        DEFAULT_MAX_FRAME_BYTES
    )
    types: Annotated[dict[Name, Fields], Field(description="named sequences of fields")] = Field(default_factory=dict)
    frame: Annotated[Frame | None, Field(description="the fields of a frame in wire order, or a one-line form")] = None
    phases: Annotated[dict[Name, Phase] | None, Field(description="states of the connection, both sides alike")] = None
    directions: Annotated[Directions | None, Field(description="the two sides, where they differ")] = None
    message: Annotated[
        Name | list[Name] | None, Field(description="the field, or the fields, that the application sees")
    ] = None
    first: Annotated[Literal["client", "server", "both"], Field(description="who speaks first")] = "client"
    reply: Annotated[
        Literal["echo", "same-as-whole", "close", "transcript", "emits"] | None,
        Field(description="how it is known what was understood; where nothing is said, nothing can be checked"),
    ] = None
    exchange: Annotated[
        list[Step] | None, Field(min_length=1, description="what is sent and what must come back, step by step")
    ] = None
    reply_after: Annotated[
        Literal["message", "series", "end"],
        Field(description="when a reply is due: after each message, at the end of a phase, or of the stream"),
    ] = "message"
    pipelining: Annotated[
        Literal["yes", "no"], Field(description="whether a message may be sent before the one before it was answered")
    ] = "yes"
    early_reply: Annotated[
        Literal["allowed", "forbidden"], Field(description="whether a reply may come before its message is complete")
    ] = "forbidden"
    volatile: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[^.]+)?$")]],
        Field(description="FIELD or FIELD.MEMBER of replies: what may differ between two runs"),
    ] = Field(default_factory=list)
    on_malformed: Annotated[OnMalformed, Field(description="what may follow a frame that must be refused")] = (
        OnMalformed()
    )
    messages: Annotated[list[Any], Field(description="messages to send; a list of lists is several streams")] = Field(
        default_factory=list
    )
    frames: Annotated[
        list[RecordedFrame] | None, Field(min_length=1, description="no grammar: frames that were recorded")
    ] = None
    turns: Annotated[
        list[Turn] | None, Field(min_length=1, description="no grammar: turns that were recorded, from our side")
    ] = None

    @property
    def is_recorded(self) -> bool:
        """Whether there is no grammar, only octets that were recorded."""
        return self.frames is not None or self.turns is not None

    def direction(self, side: Literal["client", "server"]) -> Direction:
        """What one side sends, wherever the spec says it."""
        if self.directions is not None:
            return getattr(self.directions, side)  # type: ignore[no-any-return] # the two fields have that type
        return Direction(frame=self.frame, phases=self.phases, message=self.message)


for model in (When, ChoiceField, RepeatField, Phase, Direction, Directions, Spec):
    model.model_rebuild()
