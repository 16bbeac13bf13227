"""Sizes at the edges: each long sample message, with a short one behind it to show whether the reader kept pace."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.conversations.ordinary import LONGEST_ORDINARY_FRAME_BYTES
from shortread.stream import Conversation, Frame, Kind, Stream


def boundary(frames: Sequence[Frame]) -> tuple[Conversation, ...]:
    """One conversation for each long sample message; none where the protocol has no long messages."""
    following = min(frames, key=_is_long)
    return tuple(
        Conversation(name=f"{Kind.BOUNDARY}/{number}", kind=Kind.BOUNDARY, stream=Stream(frames=(frame, following)))
        for number, frame in enumerate(filter(_is_long, frames), start=1)
    )


def _is_long(frame: Frame) -> bool:
    return len(frame.wire) > LONGEST_ORDINARY_FRAME_BYTES
