"""What the spec says is sent and what must come back, from its beginning: one message, two, three, and all."""

from __future__ import annotations

from itertools import accumulate

from shortread.codec.exchange import Exchange
from shortread.conversations.ordinary import counts_of
from shortread.stream import Answer, Conversation, Kind, Stream


def exchange(written: Exchange) -> tuple[Conversation, ...]:
    """One conversation for each beginning. Raises UnbuildableError for a message that has no frame."""
    frames = written.frames
    ends = (0, *accumulate(len(frame.wire) for frame in frames))
    answers = [Answer(after_bytes=ends[sent], expected=expected) for sent, expected in written.expected]
    return tuple(
        Conversation(
            name=f"{Kind.ORDINARY}/{number}",
            kind=Kind.ORDINARY,
            stream=Stream(frames=frames[:count]),
            answers=tuple(answer for answer in answers if answer.after_bytes <= ends[count]),
        )
        for number, count in enumerate(counts_of(frames), start=1)
    )
