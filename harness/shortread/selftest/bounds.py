"""What the harness's own score has to come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shortread.selftest.score import Totals


class Part(StrEnum):
    """What is scored apart from everything else."""

    CANDIDATES = "programs of the catalogue, over TCP"
    HELD_OUT = "programs written without looking at the catalogue, over TCP"
    VARIANTS = "programs of the catalogue that diagnosis is made to forget, simulated"


FIGURES: Mapping[str, Callable[[Totals], int]] = {
    "found": lambda totals: totals.found,
    "named first": lambda totals: totals.named_first,
    "among two": lambda totals: totals.named,
    "wrong exact": lambda totals: totals.wrong_exact,
}
"""Of how many programs it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Between what a figure has to be, as a share of all programs."""

    figure: str
    at_least: float = 0.0
    at_most: float = 1.0

    def share(self, totals: Totals) -> float | None:
        """What the figure is; None where there are no programs."""
        return FIGURES[self.figure](totals) / totals.programs if totals.programs else None

    def is_kept(self, totals: Totals) -> bool:
        """Whether it is what it has to be; of no programs, nothing is known."""
        share = self.share(totals)
        return share is not None and self.at_least <= share <= self.at_most

    @property
    def words(self) -> str:
        """The bound, as it is read."""
        return f"≥ {100 * self.at_least:.4g} %" if self.at_least else f"≤ {100 * self.at_most:.4g} %"


_KNOWN = (
    Bound(figure="found", at_least=1.0),
    Bound(figure="named first", at_least=0.97),
    Bound(figure="among two", at_least=0.995),
)
_UNKNOWN = (
    Bound(figure="found", at_least=0.99),
    Bound(figure="named first", at_least=0.80),
    Bound(figure="among two", at_least=0.90),
    Bound(figure="wrong exact", at_most=0.02),
)

BOUNDS: Mapping[Part, Sequence[Bound]] = {
    Part.CANDIDATES: _KNOWN,
    Part.HELD_OUT: _UNKNOWN,
    Part.VARIANTS: _UNKNOWN,
}
"""What each part has to come to."""


def missed(part: Part, totals: Totals) -> Iterator[Bound]:
    """The bounds that are not kept."""
    return (bound for bound in BOUNDS[part] if not bound.is_kept(totals))
