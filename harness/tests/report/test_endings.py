"""How a connection ended, in the same words in every report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shortread.evidence import Ending
from shortread.report import to_html, to_text
from shortread.report.endings import ENDED


def ending_in(build, ended):
    results = build("together")
    (run,) = results.runs
    (finding,) = run.findings
    evidence = replace(finding.evidence, ended=ended)
    return replace(results, runs=(replace(run, findings=(replace(finding, evidence=evidence),)),))


def test_every_ending_has_words_of_its_own():
    assert set(ENDED) == set(Ending)
    assert len(set(ENDED.values())) == len(Ending)


@pytest.mark.parametrize("ending", Ending)
def test_every_report_says_how_it_ended(build, ending):
    results = ending_in(build, ending)
    assert f"\n  ended     {ENDED[ending]}\n" in to_text(results)
    assert f"<bdi>it {ENDED[ending]}</bdi>" in to_html(results)


def test_an_ending_that_nobody_knows_is_shown_as_it_is_stored(build):
    results = ending_in(build, "moved to the country")
    assert "\n  ended     moved to the country\n" in to_text(results)
    assert "<bdi>moved to the country</bdi>" in to_html(results)
