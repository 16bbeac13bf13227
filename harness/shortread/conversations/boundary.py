"""Sizes at the edges: each long sample message, with a short one behind it to show whether the reader kept pace."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.conversations.ordinary import longest_ordinary_bytes
from shortread.stream import Conversation, Frame, Kind, Stream


def boundary(frames: Sequence[Frame]) -> tuple[Conversation, ...]:
    """One conversation for each long sample message; none where the protocol has no long messages."""
    limit_bytes = longest_ordinary_bytes(frames)
    following = next((frame for frame in frames if len(frame.wire) <= limit_bytes), frames[0])
    long = (frame for frame in frames if len(frame.wire) > limit_bytes)
    return tuple(
        Conversation(name=f"{Kind.BOUNDARY}/{number}", kind=Kind.BOUNDARY, stream=Stream(frames=(frame, following)))
        for number, frame in enumerate(long, start=1)
    )
