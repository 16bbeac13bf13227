"""The reason of a run, shortened: what went wrong comes first, what was said last comes last."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortReason:
    """The first line of a reason, how many are left out behind it, and the last ones."""

    first: str
    hidden: int
    last: tuple[str, ...]


def shorten_reason(text: str) -> ShortReason | None:
    """Its first line and the last twenty of the others; None for a text without lines."""
    lines = text.splitlines()
    if not lines:
        return None
    first, *others = lines
    return ShortReason(first=first, hidden=max(0, len(others) - _MOST_LINES), last=tuple(others[-_MOST_LINES:]))
