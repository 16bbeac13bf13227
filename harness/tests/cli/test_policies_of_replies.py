"""Policies that say which replies may come: to an unfinished line at the end, and before a message is complete."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

REPORT = ("--report", "json=results.json")
DELIVERED = {"unfinished_line_at_end": "delivered"}
EARLY = {"early_reply": "allowed"}
ENDING = {"half-close", "churn"}
"""The faults that end a stream inside of a line and hear what is said to that."""

# What a file gives as its last line may have no end.
SPLITTING = r"""
    import contextlib, socket, sys, threading

    def serve(connection):
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as file:
            while (line := file.readline(17)) and len(line) < 17:
                answer(connection, line)

    def answer(connection, line):
        connection.sendall(line.rstrip(b"\n") + b"\n")

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()
    """

# Octets go back as they come, up to the longest line.
HURRYING = r"""
    import contextlib, socket, sys, threading

    def serve(connection):
        size = 0
        with contextlib.suppress(ConnectionError), connection:
            while octets := connection.recv(100):
                for octet in octets:
                    size = 0 if octet == 10 else size + 1
                    if size > 16:
                        return
                    connection.sendall(bytes([octet]))

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()
    """


def changed(source: str, old: str, new: str) -> str:
    """The source with the only `old` replaced."""
    assert source.count(old) == 1
    return source.replace(old, new)


def stored() -> dict[str, Any]:
    """The only run of the report."""
    (run,) = json.loads(Path("results.json").read_text())["runs"]
    return run


def failing_faults() -> set[str]:
    """The faults of the report that have a failing trial."""
    return {family["fault"] for family in stored()["by"] if family["failed"]}


# policy: {unfinished_line_at_end: delivered}


@pytest.mark.parametrize("policy", [{}, {"unfinished_line_at_end": "dropped"}], ids=["nothing said", "dropped"])
def test_an_unfinished_line_is_no_message(policy: dict[str, str], in_process: Command, server: Server) -> None:
    ended = in_process("check", server(SPLITTING, policy=policy), *REPORT)
    assert (ended.status, ended.errors) == (1, "")
    assert stored()["policies"] == policy
    assert failing_faults() == ENDING


WAYS = {
    "as a whole line": SPLITTING,
    "as it came": changed(SPLITTING, r'line.rstrip(b"\n") + b"\n"', "line"),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_unfinished_line_is_handed_out_where_the_manifest_says_so(
    way: str, in_process: Command, server: Server
) -> None:
    ended = in_process("check", server(WAYS[way], policy=DELIVERED), *REPORT)
    assert (ended.status, ended.errors) == (0, ""), ended.output
    run = stored()
    assert (run["verdict"], run["policies"]) == ("pass", DELIVERED)
    assert "half-close" in {family["fault"] for family in run["by"]}
    assert "unfinished_line_at_end delivered" in ended.output


WRONG = {
    "it is lost": ("(line := file.readline(17)) and", r'(line := file.readline(17)).endswith(b"\n") and'),
    "it is altered": (r'line.rstrip(b"\n")', r'(line if line.endswith(b"\n") else b"x").rstrip(b"\n")'),
    "something comes behind it": (
        r'b"\n")' + "\n\n    with",
        r'b"\n" * (2 - line.endswith(b"\n")))' + "\n\n    with",
    ),
}


@pytest.mark.parametrize("flaw", WRONG)
def test_the_unfinished_line_that_is_handed_out_must_be_right(flaw: str, in_process: Command, server: Server) -> None:
    source = changed(SPLITTING, *WRONG[flaw])
    ended = in_process("check", server(source, policy=DELIVERED), "-k", "ordinary", *REPORT)
    assert ended.status == 1
    assert failing_faults() == ENDING


def test_an_unfinished_line_may_be_handed_out_at_the_end_alone(in_process: Command, server: Server) -> None:
    source = changed(SPLITTING, "while (line := file.readline(17)) and", "while (line := connection.recv(17)) and 0 <")
    ended = in_process("check", server(source, policy=DELIVERED), "-k", "ordinary", *REPORT)
    assert ended.status == 1
    assert "held" in failing_faults()


def test_what_is_printed_may_be_the_line_that_a_close_has_ended(in_process: Command, server: Server) -> None:
    source = changed(SPLITTING, r'connection.sendall(line.rstrip(b"\n") + b"\n")', "print(line.decode().rstrip())")
    printing = {"reply": "transcript", "transcript": "lines"}
    target = server(source, policy=DELIVERED, **printing)
    ended = in_process("check", "--profile", "standard", target, "-k", "ordinary and (close or reset or half-close)")
    assert ended.status == 0, ended.output
    strict = server(source, name="strict", **printing)
    ended = in_process("check", "--profile", "standard", strict, "-k", "ordinary and close and not half-close", *REPORT)
    assert (ended.status, failing_faults()) == (1, {"close"})


def test_the_replay_of_a_trial_knows_the_policy(in_process: Command, server: Server) -> None:
    half = "tiny/ordinary/2@send 0..3 read half-close"
    assert in_process("replay", half, server(SPLITTING, policy=DELIVERED)).output.startswith("FIXED")
    assert in_process("replay", half, server(SPLITTING, name="strict")).output.startswith("FAILS")


def test_without_lines_there_is_no_unfinished_one(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(SPLITTING, spec="netstring", policy=DELIVERED))
    assert ended.status == 2
    assert ended.errors == (
        "shortread: server: policy.unfinished_line_at_end: expected a spec whose messages are lines, each ended by a "
        "delimiter, found netstring, whose messages are something else; leave the policy out: what the end of the "
        "stream cuts short is no message here\n"
    )


# policy: {early_reply: allowed}


def test_a_reply_before_its_message_is_complete_comes_too_early(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(HURRYING), "-k", "ordinary", *REPORT)
    assert ended.status == 1
    assert "held" in failing_faults()


def test_a_reply_may_begin_early_where_the_manifest_says_so(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(HURRYING, policy=EARLY), "-k", "ordinary", *REPORT)
    assert (ended.status, ended.errors) == (0, ""), ended.output
    assert stored()["policies"] == EARLY


@pytest.fixture
def lenient(folder: Path) -> None:
    """The spec lets anybody reply early."""
    spec = folder / "tiny.yaml"
    spec.write_text(spec.read_text() + "\nearly_reply: allowed\n")


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize(("policy", "status"), [({}, 0), ({"early_reply": "forbidden"}, 1)])
def test_a_manifest_may_forbid_what_the_spec_allows(
    policy: dict[str, str], status: int, in_process: Command, server: Server
) -> None:
    ended = in_process("check", server(HURRYING, policy=policy), "-k", "ordinary", *REPORT)
    assert ended.status == status
    assert stored()["policies"] == (policy or EARLY)
