"""Whether evidence is what a program would have shown, as far as the evidence is sure of itself."""

from __future__ import annotations

from collections.abc import Mapping

from shortread.catalogue.session import State
from shortread.catalogue.simulation import Shown, ShownWait
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome

_LEFT_BEFORE_MORE = frozenset({Ending.CLOSED_EARLY, Ending.RESET_EARLY, Ending.RESET})
"""What is seen of a program that leaves by itself, and is sent something afterwards."""

_LEFT = _LEFT_BEFORE_MORE | {Ending.CLOSED}
"""The same where nothing was sent any more: nobody may look before we end our side too."""

_STILL_THERE = frozenset({WaitOutcome.QUIET, WaitOutcome.TIMED_OUT})

_ENDINGS: Mapping[State, frozenset[Ending]] = {
    State.CLOSED: frozenset({Ending.CLOSED}),
    State.DEAD: _LEFT,
    State.SPINNING: frozenset({Ending.SPINNING, Ending.TIMED_OUT}),
    State.STUCK: frozenset({Ending.WAITING, Ending.TIMED_OUT}),
    State.READING: frozenset({Ending.WAITING, Ending.TIMED_OUT}),
}
"""What is seen of a program that was there until we ended our side."""


def agrees(shown: Shown, evidence: Evidence) -> bool:
    """Whether the evidence of one connection is what the program would have shown.

    At a wait that was not settled more may have been on its way, so that only more than was shown contradicts.
    """
    return (
        (evidence.left_unread or evidence.received == shown.received)
        and all(map(_agrees_at, shown.waits, evidence.waits))
        and has_such_an_end(shown, evidence)
    )


def has_such_an_end(shown: Shown, evidence: Evidence) -> bool:
    """Whether the connection ended as the program would have ended it."""
    has_died = evidence.death is not None or evidence.serves_afterwards is False
    if has_died != (shown.state is State.DEAD):
        return False
    if shown.left_at is None:
        if evidence.unread_bytes is not None and bool(evidence.unread_bytes) != shown.has_unread:
            return False
        is_reset = shown.has_unread and evidence.ending is Ending.RESET
        return is_reset or evidence.ending in _ENDINGS[shown.state]
    was_there = any(wait.sent_bytes >= shown.left_at and wait.outcome in _STILL_THERE for wait in evidence.waits)
    endings = _LEFT if evidence.sent_bytes == shown.left_at else _LEFT_BEFORE_MORE
    return evidence.ending in endings and evidence.sent_bytes >= shown.left_at and not was_there


def _agrees_at(shown: ShownWait, wait: Wait) -> bool:
    if wait.is_settled:
        return wait.received_bytes == shown.received_bytes
    return wait.received_bytes <= shown.received_bytes
