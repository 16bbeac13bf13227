"""Sends that take less than they are given: SR501, where everything else passes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

PARTIAL = """
    import contextlib, socket, sys, threading

    def serve(connection):
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as file:
            while (line := file.readline(17)).endswith(b"\\n"):
                connection.send(line)  # BUG: it may take less

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()
    """

needs_compiler = pytest.mark.skipif(not (shutil.which("cc") or shutil.which("gcc")), reason="no C compiler")


@pytest.fixture
def checked(in_process: Command, folder: Path) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """`checked(*arguments)` gives how the check ended, and the run in its results file."""

    def check(*arguments: str) -> tuple[Any, dict[str, Any]]:
        ended = in_process("check", *arguments, "--report", "json=results.json")
        (run,) = json.loads((folder / "results.json").read_text())["runs"]
        return ended, run

    return check


@needs_compiler
def test_what_send_did_not_take_is_missed_only_under_stress(server: Server, checked: Command) -> None:
    name = server(PARTIAL)
    ended, run = checked(name)
    assert (ended.status, run["findings"]) == (0, [])
    ended, run = checked("--stress-sends", name)
    (finding,) = run["findings"]
    assert ended.status == 1
    assert (finding["code"], finding["name"], finding["certainty"]) == ("SR501", "partial-send", "exact")
    replay_id = finding["evidence"]["replay"]
    assert finding["reproduce"] == ["shortread", "replay", "--stress-sends", replay_id, name]
    failed, tried = finding["families"]["short-sends"]
    assert 0 < failed == run["trials"]["failed"] <= tried
    assert run["policies"]["sending"] == "stressed"


@needs_compiler
def test_a_manifest_may_ask_for_it(server: Server, checked: Command) -> None:
    ended, run = checked(server(PARTIAL, stress_sends=True, expect=["SR501"]))
    assert (ended.status, [finding["code"] for finding in run["findings"]]) == (0, ["SR501"])


@needs_compiler
def test_who_sends_everything_conforms_and_was_stressed(server: Server, checked: Command) -> None:
    ended, run = checked("--stress-sends", server(PARTIAL.replace(".send(", ".sendall(")))
    assert ended.status == 0
    assert run["trials"]["passed"] == run["trials"]["run"] > 0
    assert any(counts["fault"] == "short-sends" for counts in run["by"])
    assert "sending stressed" in ended.output


@needs_compiler
def test_what_fails_anyway_is_not_stressed(flawed: str, checked: Command) -> None:
    ended, run = checked("--stress-sends", flawed)
    assert [finding["code"] for finding in run["findings"]] == ["SR207"]
    assert run["policies"]["sending"] == "not stressed: not everything passes without it"
    assert "sending not stressed" in ended.output


@needs_compiler
@pytest.mark.skipif(not shutil.which("go"), reason="go not installed")
def test_a_program_that_makes_system_calls_itself_is_told_not_to_be_stressed(folder: Path, checked: Command) -> None:
    bundled = Path(__file__).parents[3] / "implementations" / "go" / "text-u16"
    shutil.copytree(bundled, folder / "go", ignore=shutil.ignore_patterns("build"))
    ended, run = checked("--stress-sends", "go")
    assert ended.status == 0
    assert run["policies"]["sending"] == "not stressed: no call of it went through the shim"


def test_without_a_compiler_it_is_told(echo: str, checked: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/no-such-folder")
    ended, run = checked("--stress-sends", echo)
    assert ended.status == 0
    assert run["policies"]["sending"] == "not stressed: no C compiler (cc or gcc)"


@needs_compiler
@pytest.mark.parametrize(("sending", "status", "word"), [(".send(", 1, "FAILS"), (".sendall(", 0, "FIXED")])
def test_the_trial_that_shows_it_is_replayed(
    sending: str, status: int, word: str, server: Server, in_process: Command
) -> None:
    name = server(PARTIAL.replace(".send(", sending))
    ended = in_process("replay", "--stress-sends", "tiny/ordinary/2@send 0..2 await-reply send 2..5 await-reply", name)
    assert (ended.status, ended.output[:5], ended.errors) == (status, word, "")
    (sends,) = re.findall(r"\n  sending  (\d+) took less than they were given\n", ended.output)
    assert int(sends) > 0


@needs_compiler
def test_the_command_of_a_finding_shows_it_again(server: Server, checked: Command, in_process: Command) -> None:
    _, run = checked("--stress-sends", server(PARTIAL))
    (finding,) = run["findings"]
    _, *words = finding["reproduce"]
    assert in_process(*words).output.startswith("FAILS")
    words.remove("--stress-sends")
    assert in_process(*words).output.startswith("FIXED")


@needs_compiler
def test_what_must_come_back_is_learned_without_stress(server: Server, folder: Path, checked: Command) -> None:
    spec = folder / "tiny.yaml"
    spec.write_text(spec.read_text().replace("reply: echo", "reply: same-as-whole"))
    ended, run = checked("--stress-sends", server(PARTIAL, time_limits={"patience_seconds": 0.3}))
    assert (ended.status, [finding["code"] for finding in run["findings"]]) == (1, ["SR501"])


def test_without_a_compiler_nothing_is_replayed(
    echo: str, in_process: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/no-such-folder")
    ended = in_process("replay", "--stress-sends", "tiny/ordinary/1@send 0..2 await-reply", echo)
    assert ended.status == 2
    assert ended.errors == (
        "shortread: --stress-sends: expected a library that can be loaded before the program, found no C compiler "
        "(cc or gcc); install a C compiler, or leave the option out\n"
    )


def test_what_runs_already_cannot_be_stressed(in_process: Command, folder: Path) -> None:
    del folder  # for its spec
    words = ("--spec", "tiny.yaml", "--connect", "127.0.0.1:9")
    ended = in_process("replay", "--stress-sends", "tiny/ordinary/1@send 0..2 await-reply", *words)
    assert ended.status == 2
    assert "--stress-sends: expected an implementation that is started here, found --connect" in ended.errors
