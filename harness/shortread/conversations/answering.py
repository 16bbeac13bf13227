"""A client speaks first and is answered: what it said to somebody who delivered every answer whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.expected import Exactly, Expected, Members, is_meant, known_members
from shortread.spec.model import Spec
from shortread.stream import Answer, Conversation, Frame, Kind, Stream
from shortread.value import Value, describe

Turn = tuple[int, bytes]
"""How many octets of answers had been given, and what was said then."""


def can_answer(spec: Spec) -> bool:
    """Whether a spec says what a client is answered: what it said, or what stands in an exchange."""
    return spec.reply in ("echo", "close") or spec.exchange is not None


def next_answer(codec: FrameCodec, said: bytes, given_bytes: int) -> bytes:
    """The octets of the next answer to what a client has said; none if it has all.

    Where every octet is a message, all that are due are one answer. `codec` is that of the answers. Raises
    UnbuildableError for a message that has no frame on the way back, or no answer in the exchange of the spec.
    """
    stream = Stream(frames=_answers_to(codec, said))
    if codec.is_raw:
        return stream.wire[given_bytes:]
    following = (frame for start, frame in zip(stream.frame_starts, stream.frames, strict=True) if start >= given_bytes)
    return next((frame.wire for frame in following), b"")


def answering(codec: FrameCodec, turns: Sequence[Turn], *, has_closed: bool) -> Conversation:
    """The answers as our stream, and each message of the client as what must come once it has that many octets.

    Nothing more is sent until what the client says by then has come. Where it `has_closed` the connection, that is
    for it to do. Raises UnbuildableError as `next_answer` does.
    """
    stream = Stream(frames=_answers_to(codec, b"".join(said for _, said in turns)))
    answers = tuple(
        Answer(after_bytes=given_bytes, expected=Exactly(request.message))
        for given_bytes, requests in _requests(codec.counterpart, turns)
        for request in requests
    )
    return Conversation(
        name=f"{Kind.ORDINARY}/1",
        kind=Kind.ORDINARY,
        stream=stream,
        answers=answers,
        stops=tuple(sorted({answer.after_bytes for answer in answers})),
        ends_after_bytes=len(stream.wire) if has_closed else None,
    )


def _answers_to(codec: FrameCodec, said: bytes) -> tuple[Frame, ...]:
    """Where nothing but its end tells that a message is complete, all that was said is one."""
    requests, _ = codec.counterpart.parse(said)
    messages = [request.message for request in requests]
    steps = codec.spec.exchange
    if steps is None:
        return tuple(codec.build(message) for message in messages)
    return codec.build_all([*_answers_in(Exchange(codec, steps), messages)])


def _answers_in(exchange: Exchange, asked: Sequence[Value]) -> Iterator[Value]:
    """What the exchange says to somebody who connects, and then to each message, however often it comes."""
    sent = [step.send for step in exchange.steps if step.is_sent]
    replies: list[list[Expected]] = [[] for _ in (None, *sent)]
    for before, expected in exchange.expected:
        replies[before].append(expected)
    places = (_place(sent, message, at) for at, message in enumerate(asked))
    yield from map(_written, chain(replies[0], *(replies[place + 1] for place in places)))


def _place(sent: Sequence[object], message: Value, at: int) -> int:
    """Where a message is sent in an exchange: at the same place, or wherever it is sent first."""
    places = [place for place, written in enumerate(sent) if is_meant(written, message)]
    if not places:
        known = ", ".join(map(str, sent)) or "nothing"
        raise UnbuildableError(field="exchange", expected=f"one of its messages ({known})", found=describe(message))
    return at if at in places else places[0]


def _written(expected: Expected) -> Value:
    """A reply of which everything is written down."""
    if isinstance(expected, Exactly):
        return expected.value
    known = known_members(expected)
    if isinstance(expected, Members) and len(known) == len(expected.members):
        return known
    raise UnbuildableError(
        field="exchange", expected="a reply of which everything is written down", found=str(expected)
    )


def _requests(codec: FrameCodec, turns: Sequence[Turn]) -> Iterator[tuple[int, Sequence[Frame]]]:
    """The messages that were complete at the end of each turn."""
    if codec.framing().is_ended_by_stream:
        yield 0, codec.parse(b"".join(said for _, said in turns))[0]
        return
    receiver = codec.receiver()
    for given_bytes, said in turns:
        yield given_bytes, receiver.feed(said)
