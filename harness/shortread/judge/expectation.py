"""What a conforming implementation must have shown for so many octets of a stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shortread.codec.requests import Violation
from shortread.expected import Expected
from shortread.stream import Frame
from shortread.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply that must come.

    `wire` are its octets as the spec would write them, None where it leaves something open. `peer` are the fields
    of the message that it answers, where what it looks like depends on them; `after_bytes` is the offset in the
    stream at which it became due.
    """

    expected: Expected
    wire: bytes | None
    after_bytes: int = 0
    peer: Mapping[str, Value] = field(default_factory=dict)


Marks = Sequence[tuple[int, int]]
"""How much of the stream had been sent, and how much had come back, at each wait."""

ReadReplies = Callable[[bytes, Sequence[Reply], Marks], tuple[tuple[Frame, ...], Violation | None]]
"""Octets that came back, what was expected, and the marks -> the replies, and what is wrong with the octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must have come back by then, and how the connection may be.

    `possible` are the `replies` and those behind them that need not have come yet, but may. A protocol may know
    other octets for the same messages, so `wire` can only prove a pass, not a failure; it is None where a reply is
    not known to the octet. `is_inside_frame` says that an unfinished frame was delivered behind the complete ones,
    `refusal` what is wrong with the octets there. `may_close` says that it is the implementation's turn to close.
    `is_open` says that nobody knows yet what comes, so that waiting ends when nothing more does. `may_be_over` says
    that nothing more may follow, whether the stream has ended or not; `is_well_formed` that there is nothing to refuse.
    """

    replies: tuple[Reply, ...]
    possible: tuple[Reply, ...]
    wire: bytes | None = field(init=False)
    is_inside_frame: bool
    refusal: Violation | None = None
    may_close: bool = False
    is_open: bool = False
    may_be_over: bool = False
    is_well_formed: bool = False
    read: ReadReplies

    def __post_init__(self) -> None:
        wires = [reply.wire for reply in self.replies if reply.wire is not None]
        object.__setattr__(self, "wire", b"".join(wires) if len(wires) == len(self.replies) else None)

    @property
    def most_bytes(self) -> int | None:
        """How many octets may come; None where that is not known."""
        return None if self.wire is None or self.is_open or len(self.possible) > len(self.replies) else len(self.wire)

    def is_met_by(self, received: bytes | bytearray) -> bool:
        """Whether as much has come as must come."""
        if self.is_open:
            return False
        if self.wire is not None:
            return len(received) >= len(self.wire)
        replies, _ = self.read(bytes(received), self.replies, ())
        return len(replies) >= len(self.replies)
