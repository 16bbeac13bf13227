"""Numbers with the noun that they count."""

from __future__ import annotations

from collections.abc import Mapping


def amount(count: int, noun: str) -> str:
    """`1 octet`, `1,204 octets`; for a noun whose plural ends in s."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def amounts(counts: Mapping[str, int]) -> str:
    """`12 failed, 3 not run`, from the words and how many there are of each; `none` where there are none at all."""
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "none"
