"""The exit status says what came of it all; the first reason that applies decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from shortread.cli.exit_status import ExitStatus, exit_status_of
from shortread.results import ImplementationFacts, Run, Status, TrialCounts

Command = Callable[..., Any]
Server = Callable[..., str]


def test_one_that_conforms(run: Command, echo: str) -> None:
    ended = run("check", echo)
    assert ended.status == 0
    assert ended.output.endswith("\n1 run: 1 conforming\n")
    assert ended.errors == ""


def test_one_with_findings(run: Command, flawed: str) -> None:
    ended = run("check", flawed)
    assert ended.status == 1
    assert "\n  SR207 reply-before-complete\n" in ended.output
    assert re.search(rf"\n  again     shortread replay 'tiny/ordinary/1@send [^']+' {flawed}\n", ended.output)
    assert "\n1 run: 1 with findings\n" in ended.output


def test_one_whose_findings_are_expected(run: Command, server: Server, flawed_source: str) -> None:
    ended = run("check", server(flawed_source, expect=["SR207"]))
    assert ended.status == 0
    assert ended.output.endswith("\n1 run: 1 as expected\n")


def test_one_whose_findings_are_others_than_expected(run: Command, server: Server, flawed_source: str) -> None:
    ended = run("check", server(flawed_source, expect=["SR302"]))
    assert ended.status == 1
    assert ended.output.splitlines()[0].endswith("   expected SR302, found SR207")
    assert "\n1 run: 1 not as expected\n" in ended.output


def test_one_without_the_expected_findings(run: Command, server: Server, echo_source: str) -> None:
    ended = run("check", server(echo_source, expect=["SR207"]))
    assert ended.status == 1
    assert ended.output.splitlines()[0].endswith("   expected SR207, found nothing")


def test_one_without_a_manifest(run: Command, echo: str) -> None:
    ended = run("check", "--spec", "tiny.yaml", "--", "{python}", f"{echo}/server.py", "{port}")
    assert ended.status == 0
    assert ended.output.startswith(f"✓ '{{python}}' {echo}/server.py '{{port}}'   tiny   ")


def test_one_that_cannot_be_run(run: Command, server: Server) -> None:
    ended = run("check", server("raise SystemExit(1)"))
    assert ended.status == 3
    assert ended.output.endswith("\n1 run: 1 could not be run\n")


def test_one_that_is_skipped_because_a_program_is_missing(in_process: Command, skipped: str) -> None:
    ended = in_process("check", skipped)
    assert ended.status == 5
    assert ended.output == (
        "– skipped   tiny   44 not run\n  skipped: no-such-program not installed\n1 run: 1 not run\n"
    )


def test_one_that_is_skipped_does_not_disturb_others(run: Command, echo: str, skipped: str) -> None:
    ended = run("check", skipped, echo)
    assert ended.status == 0
    assert ended.output.endswith("\n2 runs: 1 conforming, 1 not run\n")


def test_one_that_cannot_be_run_does_not_stop_others(run: Command, server: Server, flawed: str) -> None:
    ended = run("check", server("raise SystemExit(1)"), flawed)
    assert ended.status == 1
    assert "\n2 runs: 1 with findings, 1 could not be run\n" in ended.output


def test_a_bug_of_ours(in_process: Command, echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("it happened")

    monkeypatch.setattr("shortread.cli.targets.plan_for", fail)
    ended = in_process("check", echo)
    assert ended.status == 4
    assert "ZeroDivisionError: it happened\n" in ended.errors
    assert ended.errors.endswith("\nshortread: this is a bug in shortread, not in what was tested; please report it\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["check"],
            "the command line: expected a manifest or a folder, or --spec SPEC -- COMMAND …, found nothing to check; "
            "see shortread check --help",
        ),
        (
            ["check", "--", "./server"],
            "the command line: expected --spec SPEC beside a command, and nothing else to check, found no spec; "
            "write: shortread check --spec SPEC -- COMMAND …",
        ),
        (
            ["check", "gone", "--spec", "netstring", "--", "./server"],
            "the command line: expected --spec SPEC beside a command, and nothing else to check, "
            "found a target and a command; "
            "write: shortread check --spec SPEC -- COMMAND …",
        ),
        (
            ["check", "--spec", "netstring", "--connect", ""],
            "--connect: expected HOST:PORT, found ''; write for example 127.0.0.1:5000 or [::1]:5000",
        ),
        (
            ["check", "--spec", "netstring", "--function", "", "--", "./server"],
            "the command line: expected --spec SPEC beside --function, and nothing else to check, "
            "found a command and --function; write: shortread check --spec SPEC --function FILE:NAME",
        ),
        *(
            (
                ["check", *options, "gone"],
                "the command line: expected a COMMAND beside --role and --transcript, found none; "
                "a manifest says role: and transcript: itself",
            )
            for options in (["--role", "client"], ["--transcript", "lines"])
        ),
        (
            ["check", "gone", "--report", "jsn=results.json"],
            "--report: expected FORMAT=FILE with one of the formats html, json, junit, text, found 'jsn=results.json'; "
            "did you mean 'json'?",
        ),
        (
            ["check", "gone", "--report", "results.json"],
            "--report: expected FORMAT=FILE with one of the formats html, json, junit, text, found 'results.json'; "
            "write for example: --report json=results.json",
        ),
    ],
    ids=[
        "nothing to check",
        "no spec",
        "a target and a command",
        "an empty address",
        "an empty function and a command",
        "a role without a command",
        "a transcript without a command",
        "an unknown format",
        "no format",
    ],
)
def test_a_command_line_that_is_wrong(in_process: Command, arguments: Sequence[str], message: str) -> None:
    ended = in_process(*arguments)
    assert ended.status == 2
    assert ended.errors == f"shortread: {message}\n"
    assert ended.output == ""


def test_an_option_that_does_not_exist(in_process: Command) -> None:
    ended = in_process("check", "--repotr", "json=x")
    assert ended.status == 2
    assert "No such option" in ended.errors


def run_with(verdict: Status) -> Run:
    return Run(
        implementation=ImplementationFacts(name="x", role="server", command=("x",)),
        spec="tiny",
        verdict=verdict,
        reason="",
        gate="kernel",
        isolation="none",
        policies={},
        trials=TrialCounts(),
    )


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ("pass pass", ExitStatus.CONFORMS),
        ("pass not-run", ExitStatus.CONFORMS),
        ("pass inconclusive", ExitStatus.INCONCLUSIVE),
        ("not-run not-run", ExitStatus.INCONCLUSIVE),
        ("inconclusive error pass", ExitStatus.NOT_RUNNABLE),
        ("not-run error", ExitStatus.NOT_RUNNABLE),
        ("pass error inconclusive fail", ExitStatus.FINDINGS),
    ],
)
def test_the_first_that_applies(verdicts: str, status: ExitStatus) -> None:
    assert exit_status_of([run_with(Status(verdict)) for verdict in verdicts.split()]) is status


def test_findings_that_were_expected_and_did_not_come_count_as_findings() -> None:
    unmet = replace(run_with(Status.PASS), expect=("SR201",))
    assert exit_status_of([unmet, run_with(Status.ERROR)]) is ExitStatus.FINDINGS
