"""Which failures count as seen twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shortread.engine.confirmation import Confirmation, confirm
from shortread.results import Symptom, Trial

MakeTrial = Callable[..., Trial]
SCHEDULES = [f"send 0..{end} half-close" for end in range(1, 9)]


def failed(trial: MakeTrial) -> list[Trial]:
    return [trial(schedule, replies=Symptom.MISSING_REPLY) for schedule in SCHEDULES]


def test_the_first_that_fails_again_is_shown(trial: MakeTrial) -> None:
    trials = failed(trial)
    assert confirm(trials, lambda tried: tried) == Confirmation(trial=trials[0], unrepeated=())


def test_those_that_passed_before_it_are_unrepeated(trial: MakeTrial) -> None:
    first, second, *_ = trials = failed(trial)
    again = {first.schedule: trial(SCHEDULES[0])}
    outcome = confirm(trials, lambda tried: again.get(tried.schedule, tried))
    assert outcome == Confirmation(trial=second, unrepeated=(first,))


def test_a_group_is_given_up_after_three(trial: MakeTrial) -> None:
    trials = failed(trial)
    outcome = confirm(trials, lambda tried: trial(str(tried.schedule)))
    assert outcome == Confirmation(trial=None, unrepeated=tuple(trials[:3]))


def test_the_trial_before_is_tried_where_the_failed_one_passes(trial: MakeTrial) -> None:
    innocent, guilty = failed(trial)[:2]
    suspected = replace(innocent, predecessor=trial(SCHEDULES[1]))
    again = {innocent.schedule: trial(SCHEDULES[0]), guilty.schedule: guilty}
    outcome = confirm([suspected], lambda tried: again[tried.schedule])
    assert outcome == Confirmation(trial=guilty, unrepeated=())
