"""What octets of a stream say, up to where they were delivered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.receive import Receiver
from shortread.codec.requests import Violation
from shortread.stream import Conversation, Frame, Kind, Stream
from shortread.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The complete `frames` that must be answered by now, and what came behind them.

    `ends` are the stream offsets behind each frame; `values` all fields of each, where a reply may depend on them,
    and empty where none does. `half_closed` says that the implementation was told that nothing more will come,
    `is_over` that nothing more may come in any case, `is_well_formed` that the stream may end like that.
    """

    frames: tuple[Frame, ...]
    ends: tuple[int, ...]
    values: tuple[Mapping[str, Value], ...]
    is_inside_frame: bool
    refusal: Violation | None
    half_closed: bool
    is_over: bool = False
    is_well_formed: bool = False

    def asked_at(self, offset: int) -> Mapping[str, Value]:
        """The fields of the last message that was complete at an offset of the stream, where they are known."""
        asked = [values for end, values in zip(self.ends, self.values, strict=False) if end <= offset]
        return asked[-1] if asked else {}


def read_recorded(conversation: Conversation, delivered_bytes: int, *, half_closed: bool) -> Delivered:
    """What was delivered of a recorded stream, whose frames are as they were recorded."""
    stream = conversation.stream
    ends = (*stream.frame_starts[1:], len(stream.wire))
    count = bisect_right(ends, delivered_bytes)
    return Delivered(
        frames=stream.frames[:count],
        ends=ends[:count],
        values=(),
        is_inside_frame=delivered_bytes not in (0, *ends),
        refusal=None,
        half_closed=half_closed,
    )


def read_delivered(
    codec: FrameCodec, conversation: Conversation, delivered_bytes: int, *, half_closed: bool, after: str | None = None
) -> Delivered:
    """What was delivered of a stream that a spec's grammar describes, by the correct receive loop.

    `after` says when replies are due, as `reply_after` of the spec does otherwise.
    """
    after = after or codec.spec.reply_after
    machine = codec.framing(conversation.said_by_peer)
    receiver = Receiver(machine)
    needs_values = not codec.spec.is_recorded and codec.counterpart.asks_peer
    is_by_series = after == "series"
    frames: list[Frame] = []
    values: list[Mapping[str, Value]] = []
    answerable = 0
    pieces = _pieces(conversation.stream, delivered_bytes, by_frame=needs_values or is_by_series)
    for piece in pieces:
        phase = machine.phase if is_by_series else ""
        came = receiver.feed(piece)
        frames += came
        values += [machine.last_values] * (len(came) if needs_values else 0)
        if is_by_series and came and machine.phase != phase:
            answerable = len(frames)
    is_inside_frame, refusal = not receiver.is_between_frames, receiver.violation
    if conversation.kind is Kind.MALFORMED and is_inside_frame and refusal is None:
        # Some refuse as soon as no octet that may follow could make a frame of it, others when it is over.
        _, refusal = codec.parse(conversation.stream.wire)
    is_over = not is_inside_frame and _is_silent(codec, machine.phase)
    is_well_formed = False
    if half_closed and refusal is None:
        at_end, violation = receiver.end()
        is_well_formed = violation is None
        frames += at_end
        values += [machine.last_values] * (len(at_end) if needs_values else 0)
        is_inside_frame = is_inside_frame and not at_end
    if not is_by_series:
        answerable = len(frames) if half_closed or after == "message" else 0
    return Delivered(
        frames=tuple(frames[:answerable]),
        ends=tuple(accumulate(len(frame.wire) for frame in frames[:answerable])),
        values=tuple(values[:answerable]),
        is_inside_frame=is_inside_frame and refusal is None,
        refusal=refusal,
        half_closed=half_closed,
        is_over=is_over,
        is_well_formed=is_well_formed,
    )


def _is_silent(codec: FrameCodec, phase: str) -> bool:
    """Whether nothing may come in a phase."""
    phases = codec.spec.direction(codec.side).phases or {}
    return phase in phases and phases[phase].frame == "none"


def _pieces(stream: Stream, delivered_bytes: int, *, by_frame: bool) -> Iterator[bytes]:
    wire = stream.wire[:delivered_bytes]
    if not by_frame:
        yield wire
        return
    for start, end in pairwise((*stream.frame_starts, len(stream.wire))):
        if start < delivered_bytes:
            yield wire[start:end]
