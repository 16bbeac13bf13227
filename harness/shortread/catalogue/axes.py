"""How programs differ in ways that are not the mistake: how they read, what they do when they trip, and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reading(StrEnum):
    """How octets are got from the socket."""

    EXACT = "exact"
    """Field by field: each read asks for what the field still lacks, and for one octet where a delimiter ends it."""
    BUFFER = "buffer"
    """Each read asks for as much as the buffer holds; fields are taken out of what came."""


class Reaction(StrEnum):
    """What becomes of a program that finds something other than it expected."""

    CLOSES = "closes"
    """It closes the connection: an exception ends the thread, or somebody wrote an error path."""
    DIES = "dies"
    """The process ends."""
    CARRIES_ON = "carries-on"
    """It takes what it has for what it wanted."""
    RUBBISH = "rubbish"
    """The same, with zero octets for what is missing: the array was allocated before."""


READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """One way of being such a program. `detail` is a word that only the mistake knows; most have none."""

    reading: Reading = Reading.BUFFER
    read_bytes: int = READ_BYTES
    reaction: Reaction = Reaction.CLOSES
    detail: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words by which the program is chosen."""
        reading = str(self.reading) if self.reading is Reading.EXACT else f"{self.reading}-{self.read_bytes}"
        return tuple(filter(None, (reading, str(self.reaction), self.detail)))

    def __str__(self) -> str:
        return " ".join(self.words)
