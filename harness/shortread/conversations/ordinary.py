"""What any peer might say: the sample messages, few and many, short enough to try every cut."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.stream import Conversation, Frame, Kind, Stream

LONGEST_ORDINARY_FRAME_BYTES = 64
_LONGEST_WHERE_NONE_IS_SHORT_BYTES = 256
_MESSAGE_COUNTS = (1, 2, 3)


def ordinary(frames: Sequence[Frame]) -> tuple[Conversation, ...]:
    """The first short message, the first two, the first three, and all of them in a row.

    Short ones first: the smallest conversation that shows a mistake is the easiest to understand.
    """
    limit_bytes = longest_ordinary_bytes(frames)
    short = [frame for frame in frames if len(frame.wire) <= limit_bytes]
    return tuple(
        Conversation(name=f"{Kind.ORDINARY}/{number}", kind=Kind.ORDINARY, stream=Stream(frames=tuple(short[:count])))
        for number, count in enumerate(counts_of(short), start=1)
    )


def longest_ordinary_bytes(frames: Sequence[Frame]) -> int:
    """Up to how many octets a frame is short; more where a protocol's headers leave no shorter ones."""
    if any(len(frame.wire) <= LONGEST_ORDINARY_FRAME_BYTES for frame in frames):
        return LONGEST_ORDINARY_FRAME_BYTES
    return _LONGEST_WHERE_NONE_IS_SHORT_BYTES


def counts_of(frames: Sequence[Frame]) -> tuple[int, ...]:
    """How many frames the conversations have that begin a stream: one, two, three, and all."""
    return tuple(sorted({count for count in (*_MESSAGE_COUNTS, len(frames)) if 0 < count <= len(frames)}))
