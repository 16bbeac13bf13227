"""Programs that nobody trusts: --isolation and --require-isolation."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shortread.implementations.isolation import LEVELS
from shortread.implementations.isolation.table import why_not

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is a matter of the kernel")

Command = Callable[..., Any]
Server = Callable[..., str]

REPORT = ("--report", "json=results.json")
HANGS = """
    import socket, sys, threading
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            connection.recv(100)
            threading.Event().wait()  # BUG: it never answers
    """


def stored() -> dict[str, Any]:
    """The only run of the report."""
    (run,) = json.loads(Path("results.json").read_text())["runs"]
    return run


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest) -> str:
    """Every level that this machine offers, one after the other."""
    reason = why_not(LEVELS[request.param])
    if reason is not None:
        pytest.skip(f"no {request.param} here: {reason}")
    return str(request.param)


def test_what_conforms_does_so_at_every_level(in_process: Command, echo: str, level: str) -> None:
    ended = in_process("check", echo, "--isolation", level, *REPORT)
    assert (ended.status, ended.errors) == (0, "")
    run = stored()
    assert (run["isolation"], run["gate"]) == (level, "kernel")
    assert run["trials"]["inconclusive"] == 0


def test_what_is_flawed_has_its_finding_at_every_level(in_process: Command, flawed: str, level: str) -> None:
    ended = in_process("check", flawed, "--isolation", level, "-k", "held or together", *REPORT)
    assert (ended.status, ended.errors) == (1, "")
    (finding,) = stored()["findings"]
    assert finding["code"] == "SR207"
    assert (f"isolation {level}" in ended.output.splitlines()[0]) is (level != "none")
    # What runs it again runs it at the same level.
    again = in_process(*finding["reproduce"][1:])
    assert (again.status, again.output.split()[0]) == (1, "FAILS")
    assert ("--isolation" in finding["reproduce"]) is (level != "none")


def test_a_hang_is_recognised_at_every_level(in_process: Command, server: Server, level: str) -> None:
    ended = in_process("check", server(HANGS), "--isolation", level, "-k", "ordinary/1 and whole", *REPORT)
    assert (ended.status, ended.errors) == (1, "")
    assert stored()["gate"] == "kernel"


def test_nothing_is_left_running(
    in_process: Command, server: Server, level: str, left_running: Callable[[], list[str]]
) -> None:
    in_process("check", server(HANGS), "--isolation", level, "-k", "ordinary/1 and whole")
    assert left_running() == []


def test_without_the_option_nothing_is_isolated(in_process: Command, echo: str) -> None:
    assert in_process("check", echo, "-k", "whole", *REPORT).status == 0
    assert stored()["isolation"] == "none"


def test_a_build_is_isolated_too(in_process: Command, server: Server, echo_source: str, level: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        call = f"import socket; socket.create_connection(('127.0.0.1', {other.getsockname()[1]}))"
        ended = in_process(
            "check", server(echo_source, build=[["{python}", "-c", call]]), "--isolation", level, "-k", "whole"
        )
    assert ended.status == (0 if level in ("none", "rlimits") else 3)


def test_less_than_required_is_refused(in_process: Command, echo: str) -> None:
    ended = in_process("check", echo, "--require-isolation", "landlock", "--isolation", "rlimits")
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors.startswith(
        "shortread: --require-isolation: expected the isolation level landlock or a stronger one, found rlimits; "
    )


def test_enough_is_not_refused(in_process: Command, echo: str) -> None:
    reason = why_not(LEVELS["rlimits"])
    assert reason is None
    arguments = ("--require-isolation", "rlimits", "--isolation", "rlimits", "-k", "whole")
    assert in_process("check", echo, *arguments).status == 0


def test_a_level_that_there_is_not(in_process: Command, echo: str) -> None:
    ended = in_process("check", echo, "--isolation", "docker")
    assert ended.status == 2
    assert "'bwrap', 'unshare', 'landlock', 'rlimits', 'none'" in ended.errors


def test_what_runs_already_cannot_be_isolated(in_process: Command) -> None:
    ended = in_process("check", "--spec", "tiny.yaml", "--connect", "127.0.0.1:9", "--isolation", "rlimits")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: --isolation: expected none beside --connect, found rlimits; give the command of the server "
        "instead: one that runs already cannot be isolated any more\n"
    )
