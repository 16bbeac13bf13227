"""Frames that must be refused, each behind one that is right, so that a refusal can be told from silence."""

from __future__ import annotations

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.malformed import malformed_frames
from shortread.codec.requests import Code
from shortread.conversations.ordinary import LONGEST_ORDINARY_FRAME_BYTES
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream


def malformed(codec: FrameCodec) -> tuple[Conversation, ...]:
    """One conversation for each thing that the grammar forbids; the faults that end a stream do the unfinished ones.

    A spec whose frames cannot stand in any order gives none: what is forbidden there depends on what came before.
    """
    if not codec.is_stateless or not codec.samples:
        return ()
    right = min(codec.build_all(codec.samples), key=lambda frame: len(frame.wire) > LONGEST_ORDINARY_FRAME_BYTES)
    cases = [case for case in malformed_frames(codec) if case.code is not Code.EOF_INSIDE]
    return tuple(
        Conversation(
            name=f"{Kind.MALFORMED}/{number}",
            kind=Kind.MALFORMED,
            stream=Stream(frames=(right, _refused(case.octets, case.name))),
        )
        for number, case in enumerate(cases, start=1)
        if codec.parse(right.wire + case.octets)[1] is not None
    )


def _refused(octets: bytes, name: str) -> Frame:
    """Octets that are no frame, as one all the same: drawings show where they lie and what is wrong with them."""
    return Frame(message=name, wire=octets, spans=(Span(name=name, role=Role.BODY, start=0, end=len(octets)),))
