"""Reports: written beside a check or from stored results; and results files that are none."""

from __future__ import annotations

import json
import os
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]


def test_a_check_writes_every_report_that_it_is_asked_for(run: Command, flawed: str, folder: Path) -> None:
    reports = ["--report", "json=out/results.json", "--report", "junit=out/junit.xml", "--report", "text=out/all.txt"]
    ended = run("check", flawed, *reports)
    assert ended.status == 1
    (stored,) = json.loads((folder / "out/results.json").read_text())["runs"]
    assert [finding["code"] for finding in stored["findings"]] == ["SR207"]
    assert ET.parse(folder / "out/junit.xml").find(".//failure") is not None
    assert "SR207 reply-before-complete" in (folder / "out/all.txt").read_text()


def test_stored_results_become_the_same_reports(run: Command, in_process: Command, flawed: str, folder: Path) -> None:
    run("check", flawed, "--report", "json=1.json", "--report", "junit=1.xml", "--report", "text=1.txt")
    ended = in_process(
        "report", "1.json", "--report", "json=2.json", "--report", "junit=2.xml", "--report", "text=2.txt"
    )
    assert (ended.status, ended.output, ended.errors) == (0, "", "")
    for kind in ("json", "xml", "txt"):
        assert (folder / f"2.{kind}").read_text() == (folder / f"1.{kind}").read_text()

    shown = in_process("report", "1.json")
    assert (shown.status, shown.output) == (0, (folder / "1.txt").read_text())


def test_a_report_that_cannot_be_written_does_not_take_the_others_with_it(
    run: Command, echo: str, folder: Path
) -> None:
    reports = [f"json={echo}/server.py/results.json", "junit=junit.xml", f"text={echo}"]
    ended = run("check", echo, *(word for report in reports for word in ("--report", report)))
    assert ended.status == 2
    assert ended.errors == (
        f"shortread: {echo}/server.py/results.json: expected a place to write the json report to, "
        "found Not a directory; choose another file\n"
        f"shortread: {echo}: expected a place to write the text report to, found Is a directory; choose another file\n"
    )
    assert (folder / "junit.xml").exists()
    assert ended.output.endswith("\n1 run: 1 conforming\n")


REMEDY = "write the file again with `shortread check --report json=FILE`"
BROKEN: dict[str, tuple[bytes, str]] = {
    "no JSON": (b'{"format": oops}', f":1:12: expected JSON, found «oops}}»; {REMEDY}"),
    "cut off": (b'{"format": "shortread-results",', f":1:32: expected JSON, found the end of the file; {REMEDY}"),
    "another document": (
        b'{"format": "something"}',
        f": expected a results file, with the format shortread-results, found something; {REMEDY}",
    ),
    "a later version": (
        b'{"format": "shortread-results", "version": 2}',
        f": version: expected version 1, found 2; {REMEDY}",
    ),
    "no text": (
        b"\xff\xfe",
        ": expected a results file that can be read, found octets that are no UTF-8; "
        "give a file that `shortread check --report json=FILE` wrote",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_results_file(name: str, in_process: Command, folder: Path) -> None:
    octets, message = BROKEN[name]
    (folder / "results.json").write_bytes(octets)
    ended = in_process("report", "results.json", "--report", "junit=junit.xml")
    assert ended.status == 2
    assert ended.errors == f"shortread: results.json{message}\n"
    assert not (folder / "junit.xml").exists()


def test_a_results_file_with_wrong_values(in_process: Command, folder: Path) -> None:
    document = {"format": "shortread-results", "version": 1, "tool": 3, "seed": "x", "profile": "standard", "runs": []}
    (folder / "results.json").write_text(json.dumps(document))
    ended = in_process("report", "results.json")
    assert ended.status == 2
    assert ended.errors == (
        f"shortread: results.json: tool: expected text, found 3; {REMEDY}\n"
        f"shortread: results.json: seed: expected a whole number, found x; {REMEDY}\n"
    )


def test_a_results_file_that_does_not_exist(in_process: Command) -> None:
    ended = in_process("report", "gone.json")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: gone.json: expected a results file that can be read, found No such file or directory; "
        "give a file that `shortread check --report json=FILE` wrote\n"
    )


@pytest.fixture
def nobody_reads() -> Any:
    """The writing end of a pipe whose reader has gone, as `head -1` does."""
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    yield writing_end
    os.close(writing_end)


def test_a_check_whose_output_nobody_reads_still_writes_its_reports(
    run: Command, flawed: str, folder: Path, nobody_reads: int
) -> None:
    ended = run("check", flawed, "--report", "json=results.json", stdout=nobody_reads)
    assert ended.status == 1
    assert ended.errors == ""
    (stored,) = json.loads((folder / "results.json").read_text())["runs"]
    assert stored["verdict"] == "fail"


def test_results_and_messages_that_nobody_reads(run: Command, flawed: str, nobody_reads: int) -> None:
    run("check", flawed, "--report", "json=results.json")
    shown = run("report", "results.json", stdout=nobody_reads)
    assert (shown.status, shown.errors) == (0, "")
    refused = run("report", "gone.json", stdout=nobody_reads, stderr=subprocess.STDOUT)
    assert refused.status == 2


def test_a_standard_output_that_is_closed(run: Command, echo: str, folder: Path) -> None:
    def close_output() -> None:
        os.close(1)

    ended = run("check", echo, "--report", "json=results.json", preexec_fn=close_output)
    assert (ended.status, ended.output, ended.errors) == (0, "", "")
    assert (folder / "results.json").exists()
