"""What may stand in a box of a drawing: names, longest first, of which the first that fits is shown."""

from __future__ import annotations

from collections.abc import Sequence


def numbered(noun: str, numbers: Sequence[int]) -> Sequence[str]:
    """The noun with a number, or with the first and the last of several; then only the numbers."""
    if not numbers:
        return ()
    first, last = numbers[0], numbers[-1]
    if first == last:
        return f"{noun} {first}", f"{first}"
    return f"{noun}s {first} to {last}", f"{first}–{last}"


def shortened(label: str) -> Sequence[str]:
    """The label, then as much of its beginning as may be left; never only one character of it."""
    return [label, *(f"{label[:length]}…" for length in range(len(label) - 1, 1, -1))]
