"""Who is to blame when a check cannot go on, and what that person can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in what the user gave: where, what was expected, what was found, the remedy."""

    where: str
    expected: str
    found: str
    remedy: str

    def __str__(self) -> str:
        sentence = f"{self.where}: expected {self.expected}, found {self.found}"
        return f"{sentence}; {self.remedy}" if self.remedy else sentence


class ShortreadError(Exception):
    """What every expected failure of shortread derives from; its text is meant for the user."""


class UsageError(ShortreadError):
    """The command line, a spec or a manifest is wrong. Carries every problem that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def single(cls, *, where: str, expected: str, found: str, remedy: str) -> UsageError:
        """A UsageError with one problem."""
        return cls([Problem(where=where, expected=expected, found=found, remedy=remedy)])


class ImplementationError(ShortreadError):
    """The implementation could not be run: it did not start, did not listen, or did not stay alive."""


class UnsupportedError(ImplementationError):
    """The implementation says that it does not do what it was asked: it exited with status 127."""


class HarnessBug(ShortreadError):  # noqa: N818 - it names the culprit, as the exit status does
    """Something that cannot happen did; the fault is in shortread and not in what was tested."""
