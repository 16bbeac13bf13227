"""Where something is delivered, how, and for how long: --host, --connect, --gate, --time-limit, --seed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]


def stored() -> dict[str, Any]:
    """The only run of the report."""
    (run,) = json.loads(Path("results.json").read_text())["runs"]
    return run


REPORT = ("--report", "json=results.json")


# --time-limit


def test_what_a_time_limit_leaves_out_is_listed_and_does_not_pass(in_process: Command, echo: str) -> None:
    ended = in_process("check", echo, "--time-limit", "0.001", *REPORT)
    run = stored()
    assert (ended.status, ended.errors) == (5, "")
    assert run["verdict"] == "inconclusive"
    trials = run["trials"]
    assert trials["not_run"] > 0
    assert trials["planned"] == trials["run"] + trials["not_run"]
    assert sum(counts["not_run"] for counts in run["by"]) == trials["not_run"]
    reason = f"{trials['not_run']} trials left out when the time limit of 0.001 s was over"
    assert run["reason"] == reason
    assert f"\n  {reason}\n" in ended.output


def test_findings_count_that_came_before_the_time_limit(in_process: Command, server: Server) -> None:
    source = """
        import socket, sys
        with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
            while True:
                with listener.accept()[0] as connection:
                    while connection.recv(100):
                        connection.sendall(b"no\\n")
        """
    ended = in_process("check", server(source), "-k", "ordinary", "--time-limit", "0.000001", *REPORT)
    assert stored()["trials"]["run"] == 0
    assert ended.status == 5
    ended = in_process("check", server(source, name="again"), "-k", "ordinary/1 and whole", "--time-limit", "60")
    assert ended.status == 1


def test_a_time_limit_that_is_not_reached_changes_nothing(in_process: Command, echo: str) -> None:
    assert in_process("check", echo, "--time-limit", "60", "-k", "whole").status == 0


@pytest.mark.parametrize("limit", ["0", "-1", "soon"])
def test_a_time_limit_that_is_none(limit: str, in_process: Command, echo: str) -> None:
    ended = in_process("check", echo, "--time-limit", limit)
    assert ended.status == 2
    assert "--time-limit" in ended.errors


# --host


@pytest.fixture
def ipv6() -> str:
    """The loopback address of IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    return "::1"


def test_everything_works_over_ipv6(
    ipv6: str, in_process: Command, server: Server, echo_source: str, flawed_source: str
) -> None:
    def over_ipv6(source: str, name: str) -> str:
        changed = source.replace(
            'create_server(("127.0.0.1", int(sys.argv[1])))',
            "create_server((sys.argv[2], int(sys.argv[1])), family=socket.AF_INET6)",
        )
        assert changed != source
        return server(changed, name=name, command=["{python}", "server.py", "{port}", "{host}"])

    ended = in_process("check", "--host", ipv6, over_ipv6(echo_source, "echo"), *REPORT)
    assert (ended.status, ended.errors) == (0, "")
    assert (stored()["gate"], stored()["trials"]["inconclusive"]) == ("kernel", 0)
    flawed = in_process("check", "--host", ipv6, over_ipv6(flawed_source, "flawed"), "-k", "held")
    assert flawed.status == 1
    again = in_process("replay", "tiny/ordinary/1@send 0..1 await-reply send 1..2", "flawed", "--host", ipv6)
    assert (again.status, again.output[:5]) == (1, "FAILS")


# --connect


@pytest.fixture
def running(folder: Path) -> Iterator[Callable[[str], str]]:
    """`running(source)` starts a server that nobody tells shortread of, and gives its address."""
    del folder
    started: list[subprocess.Popen[str]] = []

    def start(source: str) -> str:
        says_where = "print(listener.getsockname()[1], flush=True)\n    while True:"
        program = textwrap.dedent(source).replace("while True:", says_where, 1)
        command = [sys.executable, "-c", program, "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return f"127.0.0.1:{int(process.stdout.readline())}"

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_server_that_runs_already_conforms(
    running: Callable[[str], str], echo_source: str, in_process: Command
) -> None:
    ended = in_process("check", "--spec", "tiny.yaml", "--connect", running(echo_source), *REPORT)
    assert (ended.status, ended.errors) == (0, "")
    run = stored()
    assert run["gate"] == "kernel"
    # What cannot be seen, and is therefore not judged, is told.
    assert run["policies"] == {"processes": "unseen"}
    assert "processes unseen" in ended.output


def test_a_server_that_runs_already_has_findings_and_goes_on(
    running: Callable[[str], str], flawed_source: str, in_process: Command
) -> None:
    address = running(flawed_source)
    ended = in_process("check", "--spec", "tiny.yaml", "--connect", address, "-k", "held")
    assert ended.status == 1
    trial = "tiny/ordinary/1@send 0..1 await-reply send 1..2 await-reply"
    assert f"shortread replay '{trial}' --spec tiny.yaml --connect {address}" in ended.output
    again = in_process("replay", trial, "--spec", "tiny.yaml", "--connect", address)
    assert (again.status, again.output[:5]) == (1, "FAILS")


def test_a_server_that_runs_already_and_only_a_time_that_passes(
    running: Callable[[str], str], echo_source: str, in_process: Command
) -> None:
    ended = in_process(
        "check", "--spec", "tiny.yaml", "--connect", running(echo_source), "--gate", "timed", "-k", "held", *REPORT
    )
    assert ended.status == 5
    assert stored()["gate"].startswith("timed, ")
    assert stored()["gate"].endswith(" ms")


@pytest.mark.parametrize("command", ["check", "replay"])
def test_nobody_is_there_to_connect_to(command: str, in_process: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    ids = {"check": [], "replay": ["tiny/ordinary/1@send 0..2 await-reply"]}
    ended = in_process(command, *ids[command], "--spec", "tiny.yaml", "--connect", address)
    assert ended.status == 3
    assert "it is not there: Connection refused; start it first, or connect elsewhere\n" in ended.output + ended.errors


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--connect", "127.0.0.1:9"], "no spec"),
        (["server", "--spec", "tiny.yaml", "--connect", "127.0.0.1:9"], "a target and --connect"),
        (["--spec", "tiny.yaml", "--connect", "127.0.0.1:9", "--", "./server", "now"], "a command and --connect"),
    ],
    ids=["no spec", "a target", "a command"],
)
def test_a_connection_beside_something_else(arguments: list[str], found: str, in_process: Command) -> None:
    ended = in_process("check", *arguments)
    assert ended.status == 2
    assert ended.errors == (
        "shortread: the command line: expected --spec SPEC beside --connect, and nothing else to check, "
        f"found {found}; write: shortread check --spec SPEC --connect HOST:PORT\n"
    )


def test_an_address_that_is_none(in_process: Command) -> None:
    ended = in_process("check", "--spec", "tiny.yaml", "--connect", "here")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: --connect: expected HOST:PORT, found 'here'; write for example 127.0.0.1:5000 or [::1]:5000\n"
    )


# --profile and --seed


def test_a_profile_of_the_user_is_taken_by_its_path(in_process: Command, echo: str, folder: Path) -> None:
    profile = {"shortread": "profile/1", "name": "few", "faults": {"half-close": {"most": 3}}}
    (folder / "few.yaml").write_text(json.dumps(profile))
    assert in_process("check", echo, "--profile", "few.yaml", "--seed", "7", *REPORT).status == 0
    assert [(counts["fault"], counts["run"]) for counts in stored()["by"]] == [("half-close", 3)] * 2
    results = json.loads(Path("results.json").read_text())
    assert (results["profile"], results["seed"]) == ("few", 7)


def test_a_profile_that_there_is_not(in_process: Command, echo: str) -> None:
    ended = in_process("check", echo, "--profile", "standrad")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: --profile: expected a profile (exhaustive, quick, standard) or the path of a YAML file, "
        "found standrad; did you mean 'standard'?\n"
    )
