"""Several implementations at once: the same results in the same order, and nothing left when it is interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shortread.cli.jobs import run_all
from shortread.implementations import interrupted_by_sigterm
from shortread.implementations.process import RunningProcess, clean_environment
from shortread.results import Run

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]


TIMELY = ("seconds", "boundaries")
"""What depends on time: how long it took, and whether a reader was seen to rest or only to have read."""


def without_durations(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_durations(item) for key, item in value.items() if key not in TIMELY}
    return [without_durations(item) for item in value] if isinstance(value, list) else value


def test_the_results_are_the_same_in_the_same_order(
    run: Command, echo: str, flawed: str, skipped: str, left_running: LeftRunning
) -> None:
    targets = (flawed, echo, skipped, echo)
    one_by_one = run("check", *targets, "--report", "json=one.json")
    at_once = run("check", "--jobs", "3", *targets, "--report", "json=several.json")
    assert (at_once.status, at_once.errors) == (one_by_one.status, "") == (1, "")
    one, several = (json.loads(Path(name).read_text()) for name in ("one.json", "several.json"))
    for run_alone, run_beside in zip(one["runs"], several["runs"], strict=True):
        assert without_durations(run_beside) == without_durations(run_alone)
    assert without_durations(several) == without_durations(one)
    assert [each["verdict"] for each in several["runs"]] == ["fail", "pass", "not-run", "pass"]
    assert left_running() == []


INTERRUPTING = """
    import os, signal, sys, time

    def parent_of(pid):
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])

    os.kill(parent_of(os.getppid()), getattr(signal, sys.argv[1]))
    time.sleep(1000)
    """


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_what_was_finished_is_told_when_it_is_interrupted(
    signal: str, run: Command, server: Server, echo: str, left_running: LeftRunning
) -> None:
    interrupting = server(INTERRUPTING, name="interrupting", command=["{python}", "server.py", signal])
    ended = run("check", "--jobs", "2", interrupting, echo, echo, "--report", "json=results.json")
    assert (ended.status, ended.errors) == (130, "")
    runs = json.loads(Path("results.json").read_text())["runs"]
    assert "interrupted" in [each["reason"] for each in runs]
    assert left_running() == []


def test_what_a_task_left_running_ends_with_it(tmp_path: Path, mark: str, left_running: LeftRunning) -> None:
    def lose_a_process() -> Run:
        RunningProcess(["sleep", "1000"], folder=tmp_path, environment=clean_environment({"MARK": mark}))
        raise KeyboardInterrupt

    with interrupted_by_sigterm(), pytest.raises(KeyboardInterrupt):
        list(run_all([lose_a_process], 1))
    assert left_running() == []


def test_a_file_that_is_wrong_is_told_before_anything_is_started(run: Command, echo: str) -> None:
    ended = run("check", "--jobs", "2", echo, "gone")
    assert (ended.status, ended.output) == (2, "")
    assert "gone: expected a manifest" in ended.errors
