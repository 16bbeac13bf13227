"""The tables that are written into documents, and the list of what was named otherwise."""

from __future__ import annotations

import pytest

from shortread.selftest.bounds import BOUNDS, Part, missed
from shortread.selftest.outcome import Outcome
from shortread.selftest.score import totals_of
from shortread.selftest.table import (
    BEGIN,
    END,
    by_mistake,
    folded_section,
    has_place,
    named_otherwise,
    summary,
    written_into,
)


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_a_row_for_each_mistake_and_one_for_all(scored) -> None:
    head, rule, *rows = cells(by_mistake([scored("SR201", "SR203"), scored("SR101", "SR101", seconds=3.0)]))
    assert head[:4] == ["mistake", "programs", "found", "first"]
    assert all(set(cell) <= set("-:") for cell in rule)
    assert rows == [
        ["SR101 partial-header-read", "1", "1", "1", "1", "1", "0", "0", "0", "100", "3.0"],
        ["SR201 dropped-following-message", "1", "1", "0", "0", "1", "0", "0", "1", "100", "1.0"],
        ["all", "2", "2", "1", "1", "2", "0", "0", "1", "100", "2.0"],
    ]


def test_the_order_of_the_scores_does_not_matter(scored) -> None:
    each = [scored("SR201", "SR203"), scored("SR101", "SR101"), scored("SR102")]
    assert by_mistake(each) == by_mistake(each[::-1])


def test_each_figure_stands_beside_its_bound(scored) -> None:
    each = [scored("SR201", "SR201")] * 97 + [scored("SR201", "SR203", "SR201")] * 3
    _, _, *rows = cells(summary({Part.CANDIDATES: each}))
    assert [row[1:] for row in rows] == [
        ["found", "100.0 %", "≥ 100 %", "✓"],
        ["named first", "97.0 %", "≥ 97 %", "✓"],
        ["among two", "100.0 %", "≥ 99.5 %", "✓"],
    ]


@pytest.mark.parametrize(
    ("part", "names", "certainty", "figures"),
    [
        (Part.CANDIDATES, (), None, ["found", "named first", "among two"]),
        (Part.CANDIDATES, ("SR203", "SR201"), "exact", ["named first"]),
        (Part.HELD_OUT, ("SR203",), "probable", ["named first", "among two"]),
        (Part.HELD_OUT, ("SR203",), "exact", ["named first", "among two", "wrong exact"]),
        (Part.VARIANTS, ("SR201",), "exact", []),
    ],
)
def test_a_bound_that_is_not_kept(part, names, certainty, figures, scored) -> None:
    totals = totals_of([scored("SR201", *names, certainty=certainty)])
    assert [bound.figure for bound in missed(part, totals)] == figures


def test_bounds_hold_just_up_to_where_they_are(scored) -> None:
    right, wrong = scored("SR201", "SR201"), scored("SR201", "SR203")
    assert not list(missed(Part.HELD_OUT, totals_of([right] * 98 + [wrong] * 2)))
    assert [bound.figure for bound in missed(Part.HELD_OUT, totals_of([right] * 97 + [wrong] * 3))] == ["wrong exact"]


def test_where_nothing_ran_no_bound_is_kept() -> None:
    assert list(missed(Part.HELD_OUT, totals_of([]))) == list(BOUNDS[Part.HELD_OUT])
    _, _, *rows = cells(summary({Part.HELD_OUT: []}))
    assert {(row[2], row[4]) for row in rows} == {("nothing ran", "✗")}
    assert not Outcome(parts={Part.HELD_OUT: []}).is_good


def test_conforming_ones_must_have_run_where_they_were_asked_for() -> None:
    assert Outcome().is_good
    assert Outcome(asks_conforming=True, conforming=["echo"]).is_good
    assert not Outcome(asks_conforming=True).is_good


def test_what_was_named_otherwise(scored) -> None:
    each = [
        scored("SR201", "SR201"),
        scored("SR201", "SR203", "SR201", remark="exact 3 of 3"),
        scored("SR101", remark="pass"),
    ]
    assert list(named_otherwise(each)) == [
        "SR201 → SR203 SR201  SR201 exact, netstring: exact 3 of 3",
        "SR101 → nothing  SR101 exact, netstring: pass",
    ]


def test_in_a_document_mistakes_are_folded(scored) -> None:
    text = folded_section({Part.CANDIDATES: [scored("SR201", "SR203")], Part.HELD_OUT: []})
    assert text.count("<details>") == text.count("</details>") == 1
    assert text.index("among two") < text.index("<details>") < text.index("SR201 dropped-following-message")


def test_a_document_keeps_what_is_around_the_tables() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nbehind\n"
    written = written_into(document, "| new |\n")
    assert written == f"before\n{BEGIN}\n\n| new |\n\n{END}\nbehind\n"
    assert written_into(written, "| new |\n") == written


@pytest.mark.parametrize("document", ["", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
def test_a_document_without_a_place(document) -> None:
    assert not has_place(document)
    assert has_place(f"{document}{BEGIN}\n{END}\n")


def test_an_outcome_is_good_only_without_false_alarms(scored) -> None:
    outcome = Outcome(parts={Part.CANDIDATES: [scored("SR201", "SR201")]})
    assert outcome.is_good
    outcome.false_alarms.append("SR201 exact  echo, netstring")
    assert not outcome.is_good
    assert "false alarms:\n  SR201 exact  echo, netstring\n" in outcome.text()
