"""Everything that was seen while the harness scored itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shortread.results import Run
from shortread.selftest.bounds import Part, missed
from shortread.selftest.score import Scored, totals_of
from shortread.selftest.table import named_otherwise, section


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The scores of each part that was asked for, and all runs; it grows while they are made.

    `uncounted` says of what cannot be found why not; `conforming` are the names of implementations in which there is
    nothing to be found, where any were asked for, and `false_alarms` says what was found in them.
    """

    parts: dict[Part, list[Scored]] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)
    conforming: list[str] = field(default_factory=list)
    asks_conforming: bool = False
    false_alarms: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether every figure is what it has to be, and none is of nothing."""
        is_missed = any(any(missed(part, totals_of(scores))) for part, scores in self.parts.items())
        return not (is_missed or self.false_alarms) and (bool(self.conforming) or not self.asks_conforming)

    def text(self) -> str:
        """The tables, and what is behind the figures that are not perfect."""
        return "\n".join(self._paragraphs())

    def _paragraphs(self) -> Iterator[str]:
        if self.parts:
            yield section(self.parts)
        yield from _listed("named otherwise", [line for each in self.parts.values() for line in named_otherwise(each)])
        yield from _listed("not counted", self.uncounted)
        yield from _listed("false alarms", self.false_alarms)
        if self.asks_conforming:
            yield f"{len(self.conforming)} that conform, {len(self.false_alarms)} false alarms\n"


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}:\n" + "".join(f"  {line}\n" for line in lines)
