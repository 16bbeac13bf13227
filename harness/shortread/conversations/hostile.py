"""More than the buffers between two sockets hold: the longest sample message again and again."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.stream import Conversation, Frame, Kind, Stream

STREAM_BYTES = 6 << 20
_MOST_FRAMES = 12288
"""Where messages are so short that these would not fill the buffers, there is no such conversation."""


def hostile(frames: Sequence[Frame]) -> tuple[Conversation, ...]:
    """One conversation, or none where messages are short."""
    longest = max(frames, key=lambda frame: len(frame.wire))
    count = -(-STREAM_BYTES // len(longest.wire))
    if count > _MOST_FRAMES:
        return ()
    return (Conversation(name=f"{Kind.HOSTILE}/1", kind=Kind.HOSTILE, stream=Stream(frames=(longest,) * count)),)
