"""What was delivered and what was observed. Sockets and processes write it, judging reads it; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """How surely a segment was read apart from the next one."""

    SETTLED = "settled"
    """It was read, and every thread of the implementation was blocked again before more was sent."""
    READ = "read"
    """The kernel showed that it had been read before more was sent."""
    ASSUMED = "assumed"
    """Nobody could be asked; time passed."""
    MERGED = "merged"
    """More was sent while part of it still waited to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A place between two segments, or before the end: the stream offset, and how surely they were read apart.

    For segments of one size it stands for `count` such places, each `every_bytes` behind the one before.
    """

    offset: int
    proof: Proof
    count: int = 1
    every_bytes: int = 0

    @property
    def offsets(self) -> range:
        """All the places."""
        step = self.every_bytes or 1
        return range(self.offset, self.offset + self.count * step, step)


class WaitOutcome(StrEnum):
    """Why an `await-reply` ended."""

    ANSWERED = "answered"
    """Every reply that was due had come."""
    QUIET = "quiet"
    """Every thread was blocked in a call that only an event can end, for a whole window."""
    TIMED_OUT = "timed-out"
    """The patience ran out."""
    ENDED = "ended"
    """The implementation ended the connection or died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One `await-reply`: what had been sent and received when it ended.

    `is_settled` says that the implementation was seen to be doing nothing by then, so that what had not come
    would not come, and what had come had come because of the octets sent so far.
    """

    sent_bytes: int
    received_bytes: int
    outcome: WaitOutcome
    is_settled: bool


class Ending(StrEnum):
    """What the implementation did about the end of the stream."""

    CLOSED = "closed"
    """It closed its side after we had ended ours."""
    CLOSED_EARLY = "closed-early"
    """It closed its side before we had ended ours."""
    REFUSED = "refused"
    """It did not accept the connection at all, because of something that happened before."""
    RESET = "reset"
    """It reset the connection after we had ended our side."""
    RESET_EARLY = "reset-early"
    """It reset the connection before we had ended our side."""
    WAITING = "waiting"
    """It never closed; it was blocked in a call that only an event can end."""
    SPINNING = "spinning"
    """It never closed; a thread used the processor all the time."""
    FLOODING = "flooding"
    """It sent more than any conversation asks for, and was cut off."""
    TIMED_OUT = "timed-out"
    """It had not closed when the patience ran out, and what it was doing could not be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What an implementation had more of after many connections than before, all of them being over."""

    descriptors: int
    threads: int
    resident_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that one trial showed on its first connection, and on the `others`.

    `sent_bytes` counts stream octets given to the kernel; it is less than planned when the connection ended early.
    `half_closed` says that the implementation was told that nothing more will come. `death` says how its process
    ended, where it did. `serves_afterwards` says whether a fresh, healthy connection was served after a trial that
    ended badly; None where that was not asked. `confuses_afterwards` says that it got something else, or that the
    one behind it was served again. `left_unread` says that the connection was closed while nobody read what came
    back, `given_up` that the trial ended while this connection was still in use, because another was stuck.
    `growth` is measured where there were many connections. `unread_bytes` are the octets that an implementation had
    not read which waits; None where it does not, or nobody knows.
    """

    sent_bytes: int
    boundaries: tuple[Boundary, ...]
    waits: tuple[Wait, ...]
    received: bytes
    ending: Ending
    half_closed: bool = True
    left_unread: bool = False
    given_up: bool = False
    death: str | None = None
    serves_afterwards: bool | None = None
    confuses_afterwards: bool = False
    others: tuple[Evidence, ...] = ()
    growth: Growth | None = None
    unread_bytes: int | None = None
