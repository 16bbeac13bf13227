"""Frames that must be refused, each behind one that is right, so that a refusal can be told from silence."""

from __future__ import annotations

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.malformed import Malformed, malformed_frames
from shortread.codec.requests import Code
from shortread.conversations.exchange import exchange
from shortread.conversations.ordinary import LONGEST_ORDINARY_FRAME_BYTES
from shortread.stream import Answer, Conversation, Frame, Kind, Role, Span, Stream


def malformed(codec: FrameCodec) -> tuple[Conversation, ...]:
    """One conversation for each thing that the grammar forbids; the faults that end a stream do the unfinished ones.

    A spec whose frames cannot stand in any order gives none: what is forbidden there depends on what came before.
    Where the other side closes after its first reply, nothing stands before such a frame.
    """
    if not codec.is_stateless or not codec.samples:
        return ()
    before, answers = _before(codec)
    wire = b"".join(frame.wire for frame in before)
    cases = [case for case in malformed_frames(codec) if case.code is not Code.EOF_INSIDE]
    return tuple(
        Conversation(
            name=f"{Kind.MALFORMED}/{number}",
            kind=Kind.MALFORMED,
            stream=Stream(frames=(*before, _refused(case, violation.code))),
            answers=answers,
        )
        for number, case in enumerate(cases, start=1)
        if (violation := codec.parse(wire + case.octets)[1]) is not None
    )


def _before(codec: FrameCodec) -> tuple[tuple[Frame, ...], tuple[Answer, ...]]:
    """A frame that is right, and what must come back for it where that is written down."""
    steps = codec.spec.exchange
    if steps is not None:
        first, *more = exchange(Exchange(codec, steps))
        if more or codec.spec.reply != "close":
            return first.stream.frames, first.answers
        return (), tuple(answer for answer in first.answers if answer.after_bytes == 0)
    if codec.spec.reply == "close":
        return (), ()
    right = min(codec.build_all(codec.samples), key=lambda frame: len(frame.wire) > LONGEST_ORDINARY_FRAME_BYTES)
    return (right,), ()


def _refused(case: Malformed, code: Code) -> Frame:
    """Octets that are no frame, as one all the same: it says what it must be refused for, and its span why."""
    size = len(case.octets)
    return Frame(message=code.value, wire=case.octets, spans=(Span(name=case.name, role=Role.BODY, start=0, end=size),))
