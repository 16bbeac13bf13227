"""Streams whose messages cannot follow each other in any order: each as the spec writes it."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.conversations.ordinary import LONGEST_ORDINARY_FRAME_BYTES
from shortread.stream import Conversation, Frame, Kind, Stream


def as_written(streams: Sequence[Sequence[Frame]]) -> tuple[Conversation, ...]:
    """One conversation for each stream that has octets; those of short messages first."""
    by_kind: dict[Kind, list[Sequence[Frame]]] = {Kind.ORDINARY: [], Kind.BOUNDARY: []}
    for frames in filter(_has_octets, streams):
        is_short = all(len(frame.wire) <= LONGEST_ORDINARY_FRAME_BYTES for frame in frames)
        by_kind[Kind.ORDINARY if is_short else Kind.BOUNDARY].append(frames)
    return tuple(
        Conversation(name=f"{kind}/{number}", kind=kind, stream=Stream(frames=tuple(frames)))
        for kind, of_kind in by_kind.items()
        for number, frames in enumerate(of_kind, start=1)
    )


def _has_octets(frames: Sequence[Frame]) -> bool:
    return any(frame.wire for frame in frames)
