"""# whole

## What it does
Sends each message alone and complete, and waits for its reply before the next one.

## What it finds
Nothing about segments: it is the baseline. An implementation that fails here is wrong about something else.

## Cost
One trial for each conversation.
"""

from __future__ import annotations

from collections.abc import Iterator

from shortread.schedule import Action, AwaitReply, Schedule, Send
from shortread.stream import Conversation


def schedules(conversation: Conversation) -> Iterator[Schedule]:
    """One schedule."""
    stream = conversation.stream
    actions: list[Action] = []
    for start, frame in zip(stream.frame_starts, stream.frames, strict=True):
        actions += [Send(start, start + len(frame.wire)), AwaitReply()]
    yield Schedule(tuple(actions))
