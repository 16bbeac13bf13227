"""The smallest trial as a list of steps: what was done, what came back, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortread.report.amounts import amount
from shortread.report.delivery import actions_of
from shortread.report.endings import ENDED
from shortread.report.printable import elide
from shortread.results import FindingEvidence
from shortread.schedule import Action, AwaitReply, On, Pause, Read, ResumeReading, Send, StopReading

_MOST_STEPS = 8
_SHOWN_AT_END = 3
_LONGEST_ENDING = 200

_WORDS: Mapping[type[Action], str] = {
    Read: "wait until it has been read",
    AwaitReply: "await the replies",
    StopReading: "leave replies unread",
    ResumeReading: "read replies again",
}


def steps_of(evidence: FindingEvidence) -> tuple[str, ...]:
    """What we did, in order; of many steps the first and the last. None where the id has no schedule to read."""
    steps = tuple(_steps(actions_of(evidence)))
    hidden = len(steps) - _MOST_STEPS
    if hidden <= 1:
        return steps
    head = _MOST_STEPS - _SHOWN_AT_END
    return (*steps[:head], f"… {hidden:,} more steps …", *steps[-_SHOWN_AT_END:])


def outcome_steps(evidence: FindingEvidence) -> tuple[str, str]:
    """What came back, and how it ended."""
    came, due = len(evidence.observed), len(evidence.expected)
    known = ENDED.get(evidence.ended)
    ended = elide(evidence.ended, _LONGEST_ENDING) if known is None else f"it {known}"
    return f"{came:,} {'reply' if came == 1 else 'replies'} came back, {due:,} expected", ended


def _steps(actions: tuple[Action, ...]) -> Iterator[str]:
    segment = 1
    for action in actions:
        if isinstance(action, Send):
            octets = action.end - action.start
            last = segment + (-(-octets // action.by_bytes) if action.by_bytes else 1) - 1
            yield _sending(action, segment, last)
            segment = last + 1
        elif isinstance(action, On):
            yield f"on connection {action.connection}"
        elif isinstance(action, Pause):
            yield f"{action} s"
        else:
            yield _WORDS.get(type(action)) or str(action)


def _sending(send: Send, first: int, last: int) -> str:
    octets = amount(send.end - send.start, "octet")
    if first == last:
        return f"send segment {first:,}, {octets}"
    return f"send segments {first:,} to {last:,}, {octets} by {send.by_bytes:,}"
