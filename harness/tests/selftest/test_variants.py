"""Diagnosis that does not know a program tells it by its kin."""

from __future__ import annotations

from shortread.judge.diagnosis import Candidates
from shortread.selftest.variants import Forgetful, variants_of


def test_what_is_forgotten_is_no_candidate(codec_of) -> None:
    known = Candidates(codec_of("fixed-16"))
    forgotten = known.programs[:3]
    left = Forgetful(known, forgotten)
    assert left.programs == known.programs[3:]
    assert left.conforming is known.conforming


def test_none_is_just_another_program(plan_of) -> None:
    """Each loses the half message in another way; at most it looks as if it made a second mistake."""
    scores = list(variants_of("fixed-16", plan_of("fixed-16"), ("SR102",)))
    assert len(scores) > 10
    assert all(score.certainty == "probable" or score.further for score in scores)
    assert all(score.codes == ("SR102",) and score.seconds is None for score in scores)
    assert sum(score.is_named_first for score in scores) > 0.8 * len(scores)


def test_they_come_in_the_same_order_and_with_the_same_names(plan_of) -> None:
    one, other = (list(variants_of("raw-echo", plan_of("raw-echo"))) for _ in range(2))
    assert one == other
    assert [score.codes for score in one] == sorted(score.codes for score in one)
    assert one


def test_a_mistake_without_kin_has_no_score(plan_of) -> None:
    """All programs that return whatever they read behave alike."""
    assert not list(variants_of("fixed-16", plan_of("fixed-16"), ("SR207",)))
