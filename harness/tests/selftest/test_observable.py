"""Whether a mistake can be seen with a spec is proven by what its program would show in every trial."""

from __future__ import annotations

import pytest

from shortread.catalogue.axes import Axes, Reading
from shortread.catalogue.program import correct_program
from shortread.judge.diagnosis import Candidates
from shortread.results import Status
from shortread.selftest.foreseen import deliveries, foreseen_trial
from shortread.selftest.observable import why_unobservable
from shortread.selftest.pairs import pairs_of


@pytest.fixture
def why(plan_of):
    """`why(code, protocol)` is the reason for the first program of a mistake."""

    def ask(code: str, protocol: str, profile: str = "quick", words: str = "") -> str | None:
        plan = plan_of(protocol, profile)
        pairs = pairs_of(protocol, plan.codec, (code,), has_all_axes=True)
        pair = next(pair for pair in pairs if set(words.split()) <= set(pair.words.split()))
        return why_unobservable(pair, plan, Candidates(plan.codec))

    return ask


@pytest.mark.parametrize(
    ("code", "protocol"),
    [
        ("SR101", "text-u16"),
        ("SR201", "netstring"),
        ("SR302", "fixed-16"),
        ("SR602", "netstring"),
        ("SR603", "netstring"),
    ],
)
def test_it_can_be_seen(code, protocol, why) -> None:
    assert why(code, protocol) is None


def test_it_makes_no_difference(why) -> None:
    """No sample has a length of which the first bit is set: a signed length is the same."""
    assert why("SR403", "blocks-u32", words="signed").startswith("conforms in each of the ")


@pytest.mark.parametrize(("code", "fault"), [("SR602", "interleaved"), ("SR603", "churn")])
def test_it_needs_several_connections(code, fault, why) -> None:
    """What is printed by several connections at once cannot be told apart."""
    assert why(code, "blocks-u32") == f"only {fault} shows it, which is not tried"


@pytest.mark.parametrize("code", ["SR108", "SR109"])
def test_it_needs_silence(code, why) -> None:
    assert why(code, "netstring") == "only a silence of more than 0.25 s shows it, and no pause is that long"
    assert why(code, "netstring", "standard") is None


@pytest.mark.parametrize(
    "protocol", ["netstring", "delimited-crlf", "blocks-u32", "request-reply-close", "raw-echo", "mqtt"]
)
@pytest.mark.parametrize("reading", Reading)
def test_a_conforming_program_fails_in_no_foreseen_trial(protocol, reading, plan_of) -> None:
    plan = plan_of(protocol)
    candidates, program = Candidates(plan.codec), correct_program(plan.codec, Axes(reading=reading))
    trials = [foreseen_trial(program, *delivery, candidates) for delivery in deliveries(plan)]
    assert len(trials) > 0.8 * plan.trial_count
    assert {trial.verdict.status for trial in trials} == {Status.PASS}
