"""A client speaks first and is answered: what it said to somebody who delivered every answer whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from shortread.codec.frame_codec import FrameCodec
from shortread.expected import Exactly
from shortread.stream import Answer, Conversation, Frame, Kind, Stream


def answers_to(codec: FrameCodec, said: bytes) -> tuple[Frame, ...]:
    """The answer to each complete message of a client, where each is sent back; `codec` is that of the answers.

    Raises UnbuildableError for a message that has no frame on the way back.
    """
    requests, _ = codec.counterpart.parse(said)
    return tuple(codec.build(request.message) for request in requests)


def next_answer(codec: FrameCodec, said: bytes, answered: int) -> bytes | None:
    """The octets of the next answer to what a client has said; None where it has all of them. Raises as above."""
    answers = answers_to(codec, said)
    return answers[answered].wire if answered < len(answers) else None


def answering(codec: FrameCodec, turns: Sequence[bytes], *, has_closed: bool) -> Conversation:
    """The answers as our stream, and each message of the client as what must come once it has that many answers.

    `turns` are what it said before the first answer, between the first and the second, and so on; nothing more is
    sent until what it says by then has come. Where it `has_closed` the connection, that is for it to do. Raises
    UnbuildableError for a message that has no frame on the way back.
    """
    frames = answers_to(codec, b"".join(turns))
    ends = (0, *accumulate(len(frame.wire) for frame in frames))
    receiver = codec.counterpart.receiver()
    answers = [
        Answer(after_bytes=ends[answered], expected=Exactly(request.message))
        for answered, said in enumerate(turns)
        for request in receiver.feed(said)
    ]
    return Conversation(
        name=f"{Kind.ORDINARY}/1",
        kind=Kind.ORDINARY,
        stream=Stream(frames=frames),
        answers=tuple(answers),
        stops=tuple(sorted({answer.after_bytes for answer in answers})),
        ends_after_bytes=ends[-1] if has_closed else None,
    )
