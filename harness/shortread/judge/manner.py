"""What an implementation does in its own way, by design, where a spec leaves it open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What is no mistake of this implementation, because it says so or showed it from the start.

    It `may_withhold` replies while the next message is unfinished. It `may_reply_early`, before a message is complete;
    None where the spec says whether anybody may. It `delivers_unfinished_line`, where the stream ends inside of one.
    Where it `is_client`, what it says are questions, and it is for us to close. It `makes_remarks` in its transcript
    that are its own, and no driver's around it.
    """

    may_withhold: bool = False
    may_reply_early: bool | None = None
    delivers_unfinished_line: bool = False
    is_client: bool = False
    makes_remarks: bool = True


PLAIN = Manner()
"""That of whoever does nothing in a way of its own."""
