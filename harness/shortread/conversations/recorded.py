"""What was recorded, without a grammar: frames, or the turns that two sides took."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.conversations.ordinary import LONGEST_ORDINARY_FRAME_BYTES, counts_of
from shortread.expected import Anything, Exactly
from shortread.spec.model import RecordedFrame, Spec, Turn
from shortread.stream import Answer, Conversation, Frame, Kind, Role, Span, Stream


def recorded(spec: Spec) -> tuple[Conversation, ...]:
    """The frames, as many as `ordinary` would send; or all turns, each of which must end before the next begins."""
    if spec.turns is not None:
        return (_taking_turns(spec.turns),)
    frames = [_frame(one) for one in spec.frames or []]
    return tuple(
        Conversation(name=f"{kind}/{number}", kind=kind, stream=Stream(frames=tuple(frames[:count])))
        for number, count in enumerate(counts_of(frames), start=1)
        for kind in (_kind_of(frames[:count]),)
    )


def _taking_turns(turns: Sequence[Turn]) -> Conversation:
    frames: list[Frame] = []
    answers: list[Answer] = []
    stops: list[int] = []
    sent_bytes = 0
    for turn in turns:
        if turn.send is not None:
            frames.append(_frame(RecordedFrame(wire=turn.send, message=turn.message)))
            sent_bytes += len(turn.send)
        else:
            is_any = turn.expect in (None, b"any")
            answers.append(
                Answer(
                    after_bytes=sent_bytes,
                    expected=Anything() if is_any else Exactly(turn.expect or b""),
                    wire=None if is_any else turn.expect,
                )
            )
            stops.append(sent_bytes)
    return Conversation(
        name=f"{_kind_of(frames)}/1",
        kind=_kind_of(frames),
        stream=Stream(frames=tuple(frames)),
        answers=tuple(answers),
        stops=tuple(dict.fromkeys(stops)),
        knows_frames=all("message" in turn.model_fields_set for turn in turns if turn.send is not None),
    )


def _frame(one: RecordedFrame) -> Frame:
    message = one.wire if one.message is None else one.message
    return Frame(
        message=message,
        wire=one.wire,
        spans=(Span(name="frame", role=Role.BODY, start=0, end=len(one.wire)),),
    )


def _kind_of(frames: Sequence[Frame]) -> Kind:
    is_short = all(len(frame.wire) <= LONGEST_ORDINARY_FRAME_BYTES for frame in frames)
    return Kind.ORDINARY if is_short else Kind.BOUNDARY
