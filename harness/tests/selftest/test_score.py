"""What counts as found, as named first and as named at all, and how many programs come to what."""

from __future__ import annotations

import pytest

from shortread.selftest.score import by_code, score_of, totals_of


def test_the_right_name_alone(run_with, found) -> None:
    score = score_of(run_with(found("SR201")))
    assert (score.is_found, score.is_named_first, score.is_named, score.is_wrong_exact) == (True, True, True, False)
    assert (score.certainty, score.trials, score.seconds) == ("exact", 187, 0.5)


def test_the_finding_that_explains_most_is_the_best(run_with, found) -> None:
    score = score_of(run_with(found("SR003", "unexplained", explains=2), found("SR201", explains=7)))
    assert (score.best, score.further) == (("SR201",), ("SR003",))
    assert score.is_named_first


@pytest.mark.parametrize(
    ("best", "further"),
    [(("SR203", ("SR201",)), ()), (("SR203", ()), ("SR201",)), (("SR203", ("SR205",)), ("SR201",))],
)
def test_a_name_behind_the_best_is_not_first(best, further, run_with, found) -> None:
    code, also = best
    score = score_of(run_with(found(code, also=also, explains=5), *map(found, further)))
    assert (score.is_named_first, score.is_named, score.is_wrong_exact) == (False, True, False)


def test_a_third_name_does_not_count_and_is_no_error_either(run_with, found) -> None:
    score = score_of(run_with(found("SR203", also=("SR205", "SR201"))))
    assert (score.is_named, score.is_wrong_exact) == (False, False)


def test_nor_does_a_third_finding_count(run_with, found) -> None:
    score = score_of(run_with(*(found(code) for code in ("SR203", "SR205", "SR201"))))
    assert (score.is_named, score.is_wrong_exact) == (False, True)


@pytest.mark.parametrize(
    ("certainty", "is_wrong_exact"), [("exact", True), ("probable", False), ("unexplained", False)]
)
def test_a_wrong_name_is_worse_where_it_is_called_exact(certainty, is_wrong_exact, run_with, found) -> None:
    assert score_of(run_with(found("SR203", certainty))).is_wrong_exact is is_wrong_exact


def test_nothing_found(run_with) -> None:
    score = score_of(run_with(reason="3 trials left out"))
    assert (score.is_found, score.is_named, score.certainty, score.best) == (False, False, None, ())
    assert score.remark == "pass: 3 trials left out"


def test_any_of_several_mistakes_may_be_named(run_with, found) -> None:
    assert score_of(run_with(found("SR305"), expect=("SR102", "SR305"))).is_named_first


def test_the_totals(scored) -> None:
    totals = totals_of(
        [
            scored("SR201", "SR201", trials=10, seconds=1.0),
            scored("SR201", "SR203", "SR201", certainty="probable", trials=20, seconds=3.0),
            scored("SR101", "SR102", trials=40, seconds=8.0),
            scored("SR101", "SR003", certainty="unexplained", trials=50, seconds=9.0),
            scored("SR101", trials=60, seconds=2.0),
        ]
    )
    assert (totals.programs, totals.found, totals.named_first, totals.named) == (5, 4, 1, 2)
    assert (totals.exact, totals.probable, totals.unexplained, totals.wrong_exact) == (2, 1, 1, 1)
    assert (totals.trials, totals.seconds) == (40, 3.0)


def test_what_was_not_run_took_no_time(scored) -> None:
    assert totals_of([scored("SR201", "SR201", seconds=None)]).seconds is None
    assert totals_of([]).programs == 0


def test_mistakes_come_in_the_order_of_their_codes(scored) -> None:
    each = [scored("SR201"), scored("SR101"), scored("SR201", "SR203")]
    assert {code: len(group) for code, group in by_code(each).items()} == {"SR101": 1, "SR201": 2}
    assert list(by_code(each)) == ["SR101", "SR201"]
