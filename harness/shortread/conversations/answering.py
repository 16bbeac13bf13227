"""A client speaks first and is answered: what it said to somebody who delivered every answer whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shortread.codec.frame_codec import FrameCodec
from shortread.expected import Exactly
from shortread.stream import Answer, Conversation, Frame, Kind, Stream

Turn = tuple[int, bytes]
"""How many octets of answers had been given, and what was said then."""


def next_answer(codec: FrameCodec, said: bytes, given_bytes: int) -> bytes:
    """The octets of the next answer to what a client has said, where each message is sent back; none if it has all.

    Where every octet is a message, all that are due are one answer. `codec` is that of the answers. Raises
    UnbuildableError for a message that has no frame on the way back.
    """
    stream = Stream(frames=_answers_to(codec, said))
    if codec.is_raw:
        return stream.wire[given_bytes:]
    following = (frame for start, frame in zip(stream.frame_starts, stream.frames, strict=True) if start >= given_bytes)
    return next((frame.wire for frame in following), b"")


def answering(codec: FrameCodec, turns: Sequence[Turn], *, has_closed: bool) -> Conversation:
    """The answers as our stream, and each message of the client as what must come once it has that many octets.

    Nothing more is sent until what the client says by then has come. Where it `has_closed` the connection, that is
    for it to do. Raises UnbuildableError for a message that has no frame on the way back.
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
    return tuple(codec.build(request.message) for request in requests)


def _requests(codec: FrameCodec, turns: Sequence[Turn]) -> Iterator[tuple[int, Sequence[Frame]]]:
    """The messages that were complete at the end of each turn."""
    if codec.framing().is_ended_by_stream:
        yield 0, codec.parse(b"".join(said for _, said in turns))[0]
        return
    receiver = codec.receiver()
    for given_bytes, said in turns:
        yield given_bytes, receiver.feed(said)
