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

    Where it may have been the trial before that ended the service, that one is run again too: it is then the one
    that shows the mistake.
    """
    unrepeated: list[Trial] = []
    for trial in failed[:_CANDIDATES]:
        for suspect in filter(None, (trial, trial.predecessor)):
            again = run_again(suspect)
            if again.verdict.status is Status.FAIL:
                return Confirmation(trial=again, unrepeated=tuple(unrepeated))
        unrepeated.append(trial)
    return Confirmation(trial=None, unrepeated=tuple(unrepeated))
