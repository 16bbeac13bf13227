"""Whether a mistake can be seen with a spec at all, proven by what its program would show in every trial."""

from __future__ import annotations

from collections.abc import Mapping

from shortread.catalogue.mistake import Serving
from shortread.catalogue.table import CATALOGUE
from shortread.engine.plan import Plan
from shortread.faults.table import CONCURRENT_FAULTS
from shortread.judge.diagnosis import Candidates
from shortread.results import Status
from shortread.schedule import Pause, Schedule
from shortread.selftest.foreseen import deliveries, foreseen_trial
from shortread.selftest.pairs import Pair

_SHOWN_BY: Mapping[Serving, tuple[str, ...]] = {
    Serving.ONE_BY_ONE: tuple(sorted(CONCURRENT_FAULTS)),
    Serving.KEPT: ("churn",),
}
"""The only faults that show how several connections are served, where that is the mistake."""


def why_unobservable(pair: Pair, plan: Plan, candidates: Candidates) -> str | None:
    """Why no trial of a plan can show the mistake of a pair; None where one can, or where nobody knows."""
    serving = CATALOGUE[pair.code].serving
    if serving in _SHOWN_BY:
        faults = _SHOWN_BY[serving]
        is_tried = any(family.fault in faults for family in plan.families)
        return None if is_tried else f"only {' or '.join(faults)} shows it, which is not tried"
    if serving is not Serving.THREADS:
        return None
    waits_seconds = pair.program.open().waits_seconds
    foreseen = 0
    for family, schedule in deliveries(plan):
        trial = foreseen_trial(pair.program, family, schedule, candidates)
        if trial.verdict.status is Status.FAIL and _is_silent_for_long(schedule, waits_seconds):
            return None
        foreseen += 1
    if waits_seconds is not None:
        return f"only a silence of more than {waits_seconds} s shows it, and no pause is that long"
    return f"conforms in each of the {foreseen} trials that can be foreseen, of {plan.trial_count}"


def _is_silent_for_long(schedule: Schedule, waits_seconds: float | None) -> bool:
    """Whether a program that waits for so long notices that nothing comes; all notice that wait for ever.

    How long we wait for replies that are not due depends on what the program is seen to do.
    """
    pauses = (action for action in schedule.actions if isinstance(action, Pause))
    return waits_seconds is None or any(pause.seconds > waits_seconds for pause in pauses)
