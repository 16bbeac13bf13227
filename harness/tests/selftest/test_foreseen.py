"""What is foretold of a program, judged as if it had been seen."""

from __future__ import annotations

import pytest

from shortread.judge.diagnosis import Candidates
from shortread.results import Status
from shortread.selftest.foreseen import deliveries, foreseen_trial
from shortread.selftest.pairs import answering
from shortread.spec.library import spec_names


@pytest.mark.parametrize("name", spec_names())
def test_a_correct_program_conforms(name, codec_of, plan_of) -> None:
    """Were it not so, what a flawed one shows would be compared with something that is flawed itself."""
    codec = answering(codec_of(name))
    if codec is None:
        pytest.skip("nothing says what a server answers")
    candidates, plan = Candidates(codec), plan_of(name)
    trials = [
        foreseen_trial(candidates.conforming, family, schedule, candidates) for family, schedule in deliveries(plan)
    ]
    assert trials
    assert {str(trial.schedule): trial.verdict for trial in trials if trial.verdict.status is not Status.PASS} == {}
