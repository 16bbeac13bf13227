"""JUnit XML as continuous integration reads it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from shortread.report import to_junit
from shortread.results import FamilyCounts


def suites(results):
    return fromstring(to_junit(results).encode())


@pytest.mark.parametrize("name", ["together", "half-close", "several", "error", "nasty"])
def test_a_sample_looks_as_it_did(build, check_golden, name):
    check_golden(f"{name}.xml", to_junit(build(name)))


def test_the_counts_of_a_suite_are_those_of_its_cases(sample):
    for suite in suites(sample.results):
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))


def test_every_case_has_a_name_of_its_own(build):
    run = build("together").runs[0]
    doubled = replace(build("together"), runs=(run, replace(run, by=run.by + run.by)))
    names = [(case.get("classname"), case.get("name")) for case in suites(doubled).iter("testcase")]
    assert len(names) == len(set(names)) == 15


def test_a_failed_family_says_what_was_found(build):
    failure = next(suites(build("together")).iter("failure"))
    assert "SR201 dropped-following-message" in failure.get("message")
    assert "segment 1 carries frame 1 and frame 2" in failure.text


def test_what_was_not_run_is_skipped_with_the_reason(build):
    (skipped,) = suites(build("together")).iter("skipped")
    assert skipped.get("message") == "3 of 43 trials not run"


def test_expected_findings_are_no_failures(build):
    suite = suites(replace(build("together"), runs=(replace(build("together").runs[0], expect=("SR201",)),)))
    assert [*suite.iter("failure"), *suite.iter("error")] == []
    assert "SR201" in suite.find(".//testcase[@name='expected findings']/system-out").text
    assert "SR201" in suite.find(".//testcase[@name='together ordinary/3']/system-out").text


def test_an_unmet_expectation_fails(build):
    suite = suites(replace(build("passing"), runs=(replace(build("passing").runs[0], expect=("SR201",)),)))
    failure = suite.find(".//testcase[@name='expected findings']/failure")
    assert failure.get("message") == "expected SR201, found nothing"


def test_a_run_that_fails_outside_every_family_fails_all_the_same(build):
    suite = suites(replace(build("together"), runs=(replace(build("together").runs[0], by=()),)))
    assert len([*suite.iter("failure")]) == 1


def test_a_document_full_of_long_texts_stays_below_the_limit(build):
    run = build("together").runs[0]
    finding = replace(run.findings[0], summary="<&\x1b" * 200_000)
    by = tuple(
        FamilyCounts(conversation=f"ordinary/{at}", fault="held", planned=1, run=1, failed=1) for at in range(5_000)
    )
    document = to_junit(replace(build("together"), runs=(replace(run, findings=(finding,), by=by),)))
    assert len(document.encode()) < 30_000_000
    assert len([*fromstring(document).iter("failure")]) == 5_000
