"""The smallest trial as a list of steps: what was done, what came back, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortread.errors import UsageError
from shortread.evidence import Ending
from shortread.report.printable import elide
from shortread.results import FindingEvidence
from shortread.schedule import Action, AwaitReply, On, Pause, Read, ResumeReading, Send, StopReading, parse_schedule

_MOST_STEPS = 8
_SHOWN_AT_END = 3
_LONGEST_ENDING = 200

ENDED: Mapping[str, str] = {
    Ending.CLOSED: "it closed, after we had ended our side",
    Ending.CLOSED_EARLY: "it closed, before we had ended our side",
    Ending.REFUSED: "it refused the connection",
    Ending.RESET: "it reset the connection",
    Ending.RESET_EARLY: "it reset the connection, before we had ended our side",
    Ending.WAITING: "it never closed: it waits for octets that will not come",
    Ending.SPINNING: "it never closed: it spins, using the processor all the time",
    Ending.FLOODING: "it sent more than any conversation asks for, and was cut off",
    Ending.TIMED_OUT: "it had not closed when the patience ran out",
}

_WORDS: Mapping[type[Action], str] = {
    Read: "wait until it has been read",
    AwaitReply: "await the replies",
    StopReading: "leave replies unread",
    ResumeReading: "read replies again",
}


def steps_of(evidence: FindingEvidence) -> tuple[str, ...]:
    """What we did, in order; of many steps the first and the last. None where the id has no schedule to read."""
    _, _, schedule = evidence.replay.partition("@")
    try:
        steps = list(_steps(parse_schedule(schedule).actions))
    except UsageError:
        return ()
    hidden = len(steps) - _MOST_STEPS
    if hidden <= 1:
        return tuple(steps)
    head = _MOST_STEPS - _SHOWN_AT_END
    return (*steps[:head], f"… {hidden:,} more steps …", *steps[-_SHOWN_AT_END:])


def outcome_steps(evidence: FindingEvidence) -> tuple[str, str]:
    """What came back, and how it ended."""
    came, due = len(evidence.observed), len(evidence.expected)
    ended = ENDED.get(evidence.ended) or elide(evidence.ended, _LONGEST_ENDING)
    return f"{_count(came, 'reply', 'replies')} came back, {due:,} expected", ended


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
    octets = _count(send.end - send.start, "octet", "octets")
    if first == last:
        return f"send segment {first:,}, {octets}"
    return f"send segments {first:,} to {last:,}, {octets} by {send.by_bytes:,}"


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
