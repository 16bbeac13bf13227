"""Vectors: octets with the messages, or the violation, that they must give, however they arrive.

    shortread: vectors/1
    side: client
    vectors:
      - name: empty message
        reason: A length of zero is a whole message.
        wire: "0:,"
        messages: [""]
      - name: wrong end
        reason: Nothing but a comma ends the data.
        wire: ["5:hello,", "5:world;"]
        messages: [hello]
        error: {code: const_mismatch, offset: 15}

Where a file says text and the protocol carries octets, the text stands for its octets in UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shortread.codec.frame_codec import FrameCodec, Side
from shortread.codec.parts.part import UnbuildableError
from shortread.codec.requests import Code
from shortread.expected import is_meant
from shortread.faults.cuts import cut_offsets
from shortread.spec.model import Model, NaturalNumber, Octets
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_file, require_kind
from shortread.stream import Frame, Role, Span, Stream
from shortread.value import Value, describe

EVERY_SPLIT_UP_TO_BYTES = 4096
"""Wires up to this long are split at every offset, longer ones at the places that faults choose too."""

_LONGEST_TRAILER_BYTES = 64


def _joined(value: object) -> object:
    if not isinstance(value, list):
        return value
    if not all(isinstance(piece, str | bytes) for piece in value):
        raise PydanticCustomError("pieces", "{expected}", {"expected": "text or octets in every piece"})
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in value)


class VectorError(Model):
    """The violation that the octets show."""

    code: Annotated[Code, Field(description="why they are no frame")]
    offset: Annotated[NaturalNumber, Field(description="where, in octets from the start of the wire")]


class Vector(Model):
    """Octets, and what must come of them."""

    name: Annotated[str, Field(min_length=1, description="unique within its file")]
    reason: Annotated[str, Field(min_length=1, description="why, in one sentence")]
    wire: Annotated[Octets, BeforeValidator(_joined), Field(description="the octets, or a list of pieces of them")]
    messages: Annotated[tuple[Any, ...], Field(description="the messages that come before the end or the error")] = ()
    error: Annotated[VectorError | None, Field(description="what ends the framing; nothing for a clean end")] = None
    peer: Annotated[dict[str, Any], Field(description="fields of what the other side said last")] = Field(
        default_factory=dict
    )
    side: Annotated[Side, Field(description="who says these octets; set from the file")] = "client"

    def peer_at(self, _: int) -> Mapping[str, Any]:
        """The same at every frame."""
        return self.peer


class VectorFile(Model):
    """Vectors of one protocol."""

    shortread: Annotated[Literal["vectors/1"], Field(description="the kind of this file and its version")]
    side: Annotated[Side, Field(description="who says these octets, where the two sides differ")] = "client"
    vectors: Annotated[list[Vector], Field(min_length=1)]


class VectorMismatch(AssertionError):  # noqa: N818 - it says what was found, as AssertionError does
    """A codec did not make of a vector what it should; `delivery` is the way in which the octets arrived."""

    def __init__(self, *, vector: Vector, delivery: str, expected: str, found: str) -> None:
        super().__init__(f"{vector.name}, {delivery}: expected {expected}, found {found}\n{vector.reason}")
        self.vector, self.delivery, self.expected, self.found = vector, delivery, expected, found


def load_vectors(path: Path) -> tuple[Vector, ...]:
    """The vectors of a file. Raises UsageError with every problem in it."""
    document = load_file(path)
    require_kind(document, "vectors", 1)
    file = validate(VectorFile, document)
    return tuple(vector.model_copy(update={"side": file.side}) for vector in file.vectors)


def check_vector(codec: FrameCodec, vector: Vector) -> None:
    """Hold a codec to a vector: whole, byte by byte, in two segments, and with more octets behind it.

    Each must give the same messages, and the same error code at the same offset; and the frame that is built
    from an accepted message must give that message again. Raises VectorMismatch for the first that does not.
    """
    if vector.side != codec.side:
        codec = FrameCodec(codec.spec, vector.side)
    frames, _ = codec.parse(vector.wire, vector.peer_at)
    deliveries = [_segmentations(vector, frames)]
    trailer = _trailer(codec, frames)
    if trailer is not None:
        deliveries.append(_with_trailer(vector, trailer))
    for delivery in chain(*deliveries):
        _check_delivery(codec, vector, delivery)
    if codec.is_stateless:
        for number, frame in enumerate(frames, start=1):
            _check_rebuilt(codec, vector, number, [frame])
    elif vector.error is None:
        _check_rebuilt(codec, vector, 1, frames)


def _trailer(codec: FrameCodec, frames: Sequence[Frame]) -> Frame | None:
    """A frame that may follow any other; None where there is none, or where the samples are of the other side."""
    if not codec.is_stateless or not (frames or codec.side == "client"):
        return None
    return frames[0] if frames else codec.build(codec.samples[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """One way for octets to arrive, and what must come of it."""

    how: str
    pieces: Sequence[bytes]
    messages: Sequence[Any]
    error: VectorError | None


def _segmentations(vector: Vector, frames: Sequence[Frame]) -> Iterator[_Delivery]:
    def delivery(how: str, *pieces: bytes) -> _Delivery:
        return _Delivery(how=how, pieces=pieces, messages=vector.messages, error=vector.error)

    wire = vector.wire
    yield delivery("whole", wire)
    yield delivery("byte by byte", *(wire[at : at + 1] for at in range(len(wire))))
    for at in _split_offsets(vector, frames):
        yield delivery(f"in two segments, cut at {at}", wire[:at], wire[at:])


def _split_offsets(vector: Vector, frames: Sequence[Frame]) -> Sequence[int]:
    size = len(vector.wire)
    if size <= EVERY_SPLIT_UP_TO_BYTES:
        return range(1, size)
    framed = sum(len(frame.wire) for frame in frames)
    edges = sorted({0, size - framed, *([vector.error.offset - framed] if vector.error else [])})
    rest = Frame(
        message=None,
        wire=vector.wire[framed:],
        spans=tuple(Span(name="rest", role=Role.BODY, start=start, end=end) for start, end in pairwise(edges)),
    )
    return cut_offsets(Stream(frames=(*frames, rest)))


def _with_trailer(vector: Vector, trailer: Frame) -> Iterator[_Delivery]:
    """The vector with the first octets of another frame behind it, then with all of that frame.

    Octets behind a violation change nothing. The end of the stream is no violation any more when more follows.
    """
    if vector.error is not None and vector.error.code is Code.EOF_INSIDE:
        return
    for size in range(1, min(len(trailer.wire), _LONGEST_TRAILER_BYTES)):
        part, rest = vector.wire + trailer.wire[:size], trailer.wire[size:]
        yield _Delivery(
            how=f"followed by {size} octet{'s' * (size > 1)} of another frame",
            pieces=(part,),
            messages=vector.messages,
            error=vector.error or VectorError(code=Code.EOF_INSIDE, offset=len(part)),
        )
        yield _Delivery(
            how=f"followed by another frame, cut behind its octet {size}",
            pieces=(part, rest),
            messages=vector.messages if vector.error else [*vector.messages, trailer.message],
            error=vector.error,
        )


def _check_delivery(codec: FrameCodec, vector: Vector, delivery: _Delivery) -> None:
    receiver = codec.receiver(vector.peer_at)
    frames = [frame for piece in delivery.pieces for frame in receiver.feed(piece)]
    at_end, violation = receiver.end()
    found = [frame.message for frame in (*frames, *at_end)]
    for at in range(max(len(delivery.messages), len(found))):
        wanted, got = delivery.messages[at : at + 1], found[at : at + 1]
        if not (wanted and got and is_meant(wanted[0], got[0])):
            raise VectorMismatch(
                vector=vector,
                delivery=delivery.how,
                expected=f"message {at + 1} to be {_in_words(wanted[0])}" if wanted else f"no message {at + 1}",
                found=_in_words(got[0]) if got else "none",
            )
    error = delivery.error and (delivery.error.code, delivery.error.offset)
    if error != (violation and (violation.code, violation.offset)):
        raise VectorMismatch(
            vector=vector,
            delivery=delivery.how,
            expected=f"{error[0]} at {error[1]}" if error else "no error",
            found=f"{violation.code} at {violation.offset}" if violation else "no error",
        )


def _check_rebuilt(codec: FrameCodec, vector: Vector, number: int, frames: Sequence[Frame]) -> None:
    """Build messages that were parsed, and compare what they are parsed to; `number` is that of the first."""
    messages = [frame.message for frame in frames]
    expected = f"message {number} to be {', '.join(map(_in_words, messages))}"
    try:
        rebuilt = [frame.message for frame in codec.build_all(messages, vector.peer_at)]
    except UnbuildableError as error:
        found = f"no frame for it: {error}"
        raise VectorMismatch(vector=vector, delivery="built again", expected=expected, found=found) from error
    if rebuilt != messages:
        found = ", ".join(map(_in_words, rebuilt))
        raise VectorMismatch(vector=vector, delivery="built again", expected=expected, found=found)


def _in_words(value: Value) -> str:
    words = describe(value)
    return words if len(words) <= 60 else f"{words[:40]}…{words[-10:]} ({len(words)} characters)"
