"""One measured figure and the bound that it has to keep."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, in which unit, and what is promised."""

    name: str
    measured: float
    unit: str
    relation: Literal["<=", ">=", "=="]
    bound: float

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return _HOLDS[self.relation](self.measured, self.bound)

    def __str__(self) -> str:
        mark = "holds" if self.holds else "DOES NOT HOLD"
        return f"{self.name:<66} {self.measured:>10,.2f} {self.unit:<7} {self.relation} {self.bound:>9,.2f}   {mark}"
