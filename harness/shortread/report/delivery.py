"""What was delivered in the smallest trial, put together for a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from shortread.errors import UsageError
from shortread.report.places import Place, fields_of, frames_of
from shortread.results import FindingEvidence
from shortread.schedule import Action, AwaitReply, Close, HalfClose, Send, parse_schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The octets that were sent, where they were cut, and the frames that they should have been.

    `total` also counts octets that the marks know of and that were never sent. `awaited` are the offsets
    where replies were awaited before more was sent; `end` is the word for how we ended our side, or None.
    """

    sent: bytes
    segments: tuple[tuple[int, int], ...]
    fields: tuple[Place, ...]
    frames: tuple[Place, ...]
    awaited: frozenset[int]
    end: str | None

    @property
    def total(self) -> int:
        """Octets of the stream, sent or not."""
        return max([len(self.sent), *(frame.end for frame in self.frames)])

    @property
    def cuts(self) -> tuple[int, ...]:
        """The offsets between two segments."""
        return tuple(start for start, _ in self.segments[1:])

    @property
    def edges(self) -> tuple[int, ...]:
        """The cuts, and the place where sending stopped too early."""
        stopped = (len(self.sent),) if 0 < len(self.sent) < self.total else ()
        return (*self.cuts, *stopped)


def delivery_of(evidence: FindingEvidence) -> Delivery:
    """Put it together. A schedule that cannot be read from the id only leaves out what it would have said."""
    segments = [bytes.fromhex(segment) for segment in evidence.segments]
    ends = [0, *accumulate(map(len, segments))]
    actions = actions_of(evidence)
    return Delivery(
        sent=b"".join(segments),
        segments=tuple(pairwise(ends)),
        fields=fields_of(evidence.marks),
        frames=frames_of(evidence.marks),
        awaited=_awaited(actions),
        end=next((str(action) for action in actions if isinstance(action, HalfClose | Close)), None),
    )


def actions_of(evidence: FindingEvidence) -> tuple[Action, ...]:
    """The actions of its schedule; none where the id has no schedule that can be read."""
    _, _, schedule = evidence.replay.partition("@")
    try:
        return parse_schedule(schedule).actions
    except UsageError:
        return ()


def _awaited(actions: tuple[Action, ...]) -> frozenset[int]:
    sent, awaited = 0, set()
    for action in actions:
        if isinstance(action, Send):
            sent = action.end
        elif isinstance(action, AwaitReply):
            awaited.add(sent)
    return frozenset(awaited)
