"""What the exit status says. The first that applies wins."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from shortread.report import Outcome, outcome_of
from shortread.results import Run


class ExitStatus(IntEnum):
    """Every exit status there is."""

    CONFORMS = 0
    FINDINGS = 1
    USAGE = 2
    NOT_RUNNABLE = 3
    HARNESS_BUG = 4
    INCONCLUSIVE = 5
    INTERRUPTED = 130


_BY_OUTCOME: Sequence[tuple[frozenset[Outcome], ExitStatus]] = (
    (frozenset({Outcome.FINDINGS, Outcome.UNMET}), ExitStatus.FINDINGS),
    (frozenset({Outcome.ERROR}), ExitStatus.NOT_RUNNABLE),
    (frozenset({Outcome.INCONCLUSIVE}), ExitStatus.INCONCLUSIVE),
)
"""In the order of precedence; interruption, bugs and wrong usage come before all of them."""


def exit_status_of(runs: Sequence[Run]) -> ExitStatus:
    """The status for runs that came to their end."""
    outcomes = set(map(outcome_of, runs))
    if outcomes and outcomes <= {Outcome.NOT_RUN, Outcome.UNSUPPORTED}:
        return ExitStatus.INCONCLUSIVE
    return next((status for wanted, status in _BY_OUTCOME if wanted & outcomes), ExitStatus.CONFORMS)
