"""Two runs with the same seed give the same document apart from durations, and it has the documented form."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from shortread.cli.main import _status_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts servers and looks at their sockets")

PYTHON = Path(__file__).parents[2] / "implementations" / "python"

DOCUMENT = ["format", "version", "tool", "seed", "profile", "runs"]
RUN = [
    *("implementation", "spec", "verdict", "reason", "gate", "isolation", "policies", "trials", "by"),
    *("boundaries", "coverage", "findings", "not_applicable", "expect", "evidence_file"),
]
COUNTS = ["planned", "run", "passed", "failed", "inconclusive", "not_run"]
FINDING = ["code", "name", "certainty", "explains", "of", "also", "summary", "families", "evidence", "reproduce"]
EVIDENCE = ["replay", "segments", "expected", "observed", "ended", "marks"]


def results_of(name: str, file: Path) -> dict[str, Any]:
    """The results file of a check."""
    _status_of(["check", str(PYTHON / name), "--profile", "quick", "--quiet", "--report", f"json={file}"])
    return json.loads(file.read_text())


def without_durations(document: dict[str, Any]) -> dict[str, Any]:
    for run in document["runs"]:
        assert run["trials"].pop("seconds") > 0
    return document


@pytest.mark.parametrize("name", ["netstring", "text-u16-decode-per-read"])
def test_two_checks_give_the_same_document(name: str, tmp_path: Path) -> None:
    first, second = (results_of(name, tmp_path / file) for file in ("1.json", "2.json"))
    assert list(first) == DOCUMENT
    (run,) = first["runs"]
    assert list(run) == RUN
    assert list(run["trials"]) == [*COUNTS, "seconds"]
    assert all(list(family) == ["conversation", "fault", *COUNTS] for family in run["by"])
    assert all(list(finding) == FINDING for finding in run["findings"])
    assert all(list(finding["evidence"]) == EVIDENCE for finding in run["findings"])
    assert without_durations(first) == without_durations(second)
