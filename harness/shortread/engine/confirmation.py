"""A failure is seen twice before it is reported: on a fresh instance, with every boundary settled and full patience."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shortread.results import Status, Trial

_CANDIDATES = 3
"""How many of a group's trials are tried before the group is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What came of confirming a group of failed trials.

    `trial` is the failure as it was seen again, None when none of those tried was; `unrepeated` are the trials
    whose failure did not come back.
    """

    trial: Trial | None
    unrepeated: tuple[Trial, ...]


def confirm(failed: Sequence[Trial], run_again: Callable[[Trial], Trial]) -> Confirmation:
    """Run failed trials again, in the given order, until one fails again.

    Where a connection was refused because the trial before had ended the service, that one is run again: it is
    the one that shows the mistake.
    """
    unrepeated: list[Trial] = []
    for trial in failed[:_CANDIDATES]:
        again = run_again(trial.predecessor or trial)
        if again.verdict.status is Status.FAIL:
            return Confirmation(trial=again, unrepeated=tuple(unrepeated))
        unrepeated.append(trial)
    return Confirmation(trial=None, unrepeated=tuple(unrepeated))
