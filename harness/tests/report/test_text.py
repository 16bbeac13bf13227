"""What the terminal shows, as golden files: look at them after every change."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shortread.report import REPORTS, render_run_line, to_html, to_text
from shortread.report.outcome import SIGNS, Outcome
from shortread.report.text import STYLES
from shortread.results import Status


def test_a_sample_looks_as_it_did(sample, check_golden):
    check_golden(f"{sample.name}.txt", to_text(sample.results))


def test_no_character_can_steer_the_terminal(sample):
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", to_text(sample.results)
    )


def test_no_line_but_the_command_is_wider_than_asked_for(sample):
    for width in (80, 100, 140):
        lines = to_text(sample.results, width=width).splitlines()
        wide = [line for line in lines if len(line) > width and not line.startswith(("  again", *"✓✗?!", "6 runs"))]
        assert wide == []


def test_color_adds_escapes_and_nothing_else(sample):
    colored = to_text(sample.results, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == to_text(sample.results)


def test_the_environment_has_no_say(build, monkeypatch):
    before = to_text(build("together"), color=True)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "20", "TERM": "dumb", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert to_text(build("together"), color=True) == before


@pytest.mark.parametrize(
    ("verdict", "expect", "starts", "ends"),
    [
        (Status.PASS, None, "✓", "0.9 s   max_message_bytes assumed"),
        (Status.FAIL, None, "✗", "SR201, max_message_bytes assumed"),
        (Status.FAIL, ("SR201",), "✓", "SR201 as expected"),
        (Status.FAIL, ("SR102",), "✗", "expected SR102, found SR201"),
        (Status.INCONCLUSIVE, None, "?", "max_message_bytes assumed"),
        (Status.ERROR, None, "!", "could not be run"),
    ],
)
def test_the_line_of_a_run_says_what_it_came_to(build, verdict, expect, starts, ends):
    run = replace(build("together").runs[0], verdict=verdict, expect=expect)
    if verdict is not Status.FAIL:
        run = replace(run, findings=())
    line = render_run_line(run).plain
    assert line.startswith(starts)
    assert line.endswith(ends)


def test_every_outcome_has_a_sign_and_a_style():
    assert set(SIGNS) == set(Outcome)
    assert {state for _, state in SIGNS.values()} == set(STYLES)


def test_a_document_without_runs_says_so(build):
    assert to_text(replace(build("passing"), runs=())) == "0 runs: nothing was tested\n"


def test_of_a_long_reason_the_beginning_and_the_end_are_shown(build):
    run = replace(build("error").runs[0], reason="\n".join(f"line {at} of it" for at in range(50)))
    _, *shown = to_text(replace(build("error"), runs=(run,))).splitlines()
    assert shown[:3] == ["  line 0 of it", "  … 29 lines before these", "  line 30 of it"]
    assert "  line 49 of it" in shown


def test_a_command_that_is_too_long_to_copy_is_cut(build):
    run = build("together").runs[0]
    findings = (replace(run.findings[0], reproduce=("x" * 5_000,)),)
    results = replace(build("together"), runs=(replace(run, findings=findings),))
    shown = "x" * 4_096 + " … (too long to show; the results file has it)"
    assert f"\n  again     {shown}\n" in to_text(results)
    assert f"<code>{shown}</code>" in to_html(results)


def test_every_format_makes_a_text(sample):
    assert set(REPORTS) == {"html", "json", "junit", "text"}
    assert all(make(sample.results).endswith("\n") for make in REPORTS.values())
