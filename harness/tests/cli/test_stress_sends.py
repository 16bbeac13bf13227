"""Calls that do less than they may, or are interrupted: what fails only then."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
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

NEVER_BLOCKS = """
    import asyncio, contextlib, sys

    async def serve(reader, writer):
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):
            while (line := await reader.readline()).endswith(b"\\n") and len(line) <= 17:
                writer.write(line)
                await writer.drain()

    async def main():
        await (await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=17)).serve_forever()

    asyncio.run(main())
    """
BUNDLED = Path(__file__).parents[3] / "implementations"
READS_AGAIN = "while (n < 0 && errno == EINTR);"
WRITES_AGAIN = "if (n < 0 && errno == EINTR)"

needs_compiler = pytest.mark.skipif(not (shutil.which("cc") or shutil.which("gcc")), reason="no C compiler")


@pytest.fixture
def checked(in_process: Command, folder: Path) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """`checked(*arguments)` gives how the check ended, and the run in its results file."""

    def check(*arguments: str) -> tuple[Any, dict[str, Any]]:
        ended = in_process("check", *arguments, "--report", "json=results.json")
        (run,) = json.loads((folder / "results.json").read_text())["runs"]
        return ended, run

    return check


@pytest.fixture
def server_in_c(folder: Path) -> Callable[..., str]:
    """`server_in_c(*without, static=False)` is the bundled server that conforms, without these of its lines."""

    def make(*without: str, static: bool = False) -> str:
        if not shutil.which("cc"):
            pytest.skip("its manifest wants cc")
        shutil.copytree(BUNDLED / "c" / "netstring", folder / "c", ignore=shutil.ignore_patterns("build"))
        source, manifest = folder / "c" / "server.c", folder / "c" / "implementation.yaml"
        for line in without:
            assert source.read_text().count(line) == 1
            source.write_text(source.read_text().replace(line, line.replace("n < 0", "false")))
        if static:
            assert manifest.read_text().count("[cc, ") == 1
            manifest.write_text(manifest.read_text().replace("[cc, ", "[cc, -static, "))
        return "c"

    return make


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
    assert run["policies"]["interrupted calls"] == "not stressed: not everything passes without it"


@needs_compiler
def test_a_manifest_may_ask_for_it(server: Server, checked: Command) -> None:
    ended, run = checked(server(PARTIAL, stress_sends=True, expect=["SR501"]))
    assert (ended.status, [finding["code"] for finding in run["findings"]]) == (0, ["SR501"])


@needs_compiler
def test_who_sends_everything_conforms_and_was_stressed(server: Server, checked: Command) -> None:
    ended, run = checked("--stress-sends", server(PARTIAL.replace(".send(", ".sendall(")))
    assert ended.status == 0
    assert run["trials"]["passed"] == run["trials"]["run"] > 0
    assert {"short-sends", "interrupted-calls"} < {counts["fault"] for counts in run["by"]}
    assert "sending stressed" in ended.output
    assert "interrupted calls stressed" in ended.output


@needs_compiler
def test_what_fails_anyway_is_not_stressed(flawed: str, checked: Command) -> None:
    ended, run = checked("--stress-sends", flawed)
    assert [finding["code"] for finding in run["findings"]] == ["SR207"]
    assert run["policies"]["sending"] == "not stressed: not everything passes without it"
    assert run["policies"]["interrupted calls"] == run["policies"]["sending"]
    assert "sending not stressed" in ended.output


@needs_compiler
def test_who_starts_an_interrupted_call_again_conforms(server_in_c: Server, checked: Command) -> None:
    ended, run = checked("--stress-sends", server_in_c())
    assert (ended.status, run["findings"]) == (0, [])
    assert (run["policies"]["sending"], run["policies"]["interrupted calls"]) == ("stressed", "stressed")


@needs_compiler
@pytest.mark.parametrize(
    ("without", "code", "certainty", "summary"),
    [
        (READS_AGAIN, "SR003", "unexplained", "is taken for an error or the end; start it again"),
        (WRITES_AGAIN, "SR501", "exact", "took nothing; start it again"),
    ],
)
def test_who_gives_up_after_an_interrupted_call_is_found_only_under_stress(
    *,
    without: str,
    code: str,
    certainty: str,
    summary: str,
    server_in_c: Server,
    checked: Command,
    in_process: Command,
) -> None:
    name = server_in_c(without)
    ended, run = checked(name)
    assert (ended.status, run["findings"], run["policies"].get("interrupted calls")) == (0, [], None)
    ended, run = checked("--stress-sends", name)
    (finding,) = run["findings"]
    assert (ended.status, finding["code"], finding["certainty"]) == (1, code, certainty)
    assert finding["summary"].endswith(f": a call that a signal interrupted (EINTR) {summary}")
    failed, tried = finding["families"]["interrupted-calls"]
    assert 0 < failed == run["trials"]["failed"] == finding["explains"] <= tried
    assert (run["policies"]["sending"], run["policies"]["interrupted calls"]) == ("stressed", "stressed")

    program, *words = finding["reproduce"]
    assert (program, *words[:2]) == ("shortread", "replay", "--stress-sends")
    ended = in_process(*words)
    assert (ended.status, ended.output[:5], ended.errors) == (1, "FAILS", "")
    (interrupted,) = re.findall(r"\n  calls    (\d+) were interrupted\n", ended.output)
    assert int(interrupted) > 0
    words.remove("--stress-sends")
    assert in_process(*words).output.startswith("FIXED")


@needs_compiler
def test_a_reads_mistake_is_named_before_a_sends(server_in_c: Server, checked: Command) -> None:
    _, run = checked("--stress-sends", server_in_c(READS_AGAIN, WRITES_AGAIN))
    assert [finding["code"] for finding in run["findings"]] == ["SR003"]


@needs_compiler
def test_who_never_blocks_is_not_interrupted(server: Server, checked: Command) -> None:
    ended, run = checked("--stress-sends", server(NEVER_BLOCKS))
    assert ended.status == 0
    assert run["policies"]["sending"] == "stressed"
    assert (
        run["policies"]["interrupted calls"]
        == "not stressed: no call of it that a signal could interrupt went through the shim"
    )


@needs_compiler
def test_a_static_program_is_told_not_to_be_stressed(server_in_c: Server, folder: Path, checked: Command) -> None:
    (folder / "empty.c").write_text("int main(void) {}")
    if subprocess.run(["cc", "-static", "-o", "empty", "empty.c"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("no static C library")
    ended, run = checked("--stress-sends", server_in_c(static=True))
    assert ended.status == 0
    assert run["policies"]["sending"] == "not stressed: no send of it went through the shim"
    assert (
        run["policies"]["interrupted calls"]
        == "not stressed: no call of it that a signal could interrupt went through the shim"
    )


@needs_compiler
@pytest.mark.skipif(not shutil.which("go"), reason="go not installed")
def test_a_program_that_makes_system_calls_itself_is_told_not_to_be_stressed(folder: Path, checked: Command) -> None:
    shutil.copytree(BUNDLED / "go" / "text-u16", folder / "go", ignore=shutil.ignore_patterns("build"))
    ended, run = checked("--stress-sends", "go")
    assert ended.status == 0
    assert run["policies"]["sending"] == "not stressed: no send of it went through the shim"


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
