"""What a manifest declares: what an implementation does by design, and what it needs to run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]

REPORT = ("--report", "json=results.json")
ALLOWED = {"withheld_reply": "allowed"}

# Replies go out together, once nothing is left in the buffer; each test says what else becomes of them.
BATCHING = r"""
    import contextlib, socket, sys, threading

    def serve(connection):
        buffer, replies = b"", []
        with contextlib.suppress(ConnectionError), connection:
            while octets := connection.recv(100):
                *lines, buffer = (buffer + octets).split(b"\n")
                replies += [line + b"\n" for line in lines if len(line) <= 16]
                is_malformed = len(buffer) > 16 or any(len(line) > 16 for line in lines)
                if not buffer or is_malformed:
                    connection.sendall(b"".join(replies))
                    replies.clear()
                if is_malformed:
                    break

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()
    """

HELD = "tiny/ordinary/2@send 0..3 await-reply send 3..5 await-reply"


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


# policy: {withheld_reply: allowed}


def test_a_reply_that_waits_for_the_rest_of_the_next_message_is_withheld(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(BATCHING), *REPORT)
    assert (ended.status, ended.errors) == (1, "")
    assert stored()["policies"] == {}
    # Where the stream ends inside the next message, the reply never comes.
    assert {"held", "half-close"} <= failing_faults()


def test_a_reply_may_wait_where_the_manifest_says_so(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(BATCHING, policy=ALLOWED), *REPORT)
    assert (ended.status, ended.errors) == (0, "")
    run = stored()
    assert (run["verdict"], run["policies"]) == ("pass", ALLOWED)
    assert run["trials"]["passed"] == run["trials"]["planned"] > 0
    assert {"held", "half-close"} <= {family["fault"] for family in run["by"]}
    assert "withheld_reply allowed" in ended.output


@pytest.mark.parametrize(("policy", "status"), [(ALLOWED, 0), ({}, 1)])
def test_a_trial_that_is_replayed_is_judged_by_the_same_policy(
    policy: dict[str, str], status: int, in_process: Command, server: Server
) -> None:
    assert in_process("replay", HELD, server(BATCHING, policy=policy)).status == status


def test_it_must_come_between_two_messages(in_process: Command, server: Server) -> None:
    """This one answers two messages at once, or what there is at the end of the stream."""
    source = changed(BATCHING, "if not buffer or", "if len(replies) > 1 or")
    source = changed(source, "break\n", "break\n            connection.sendall(b''.join(replies))\n")
    ended = in_process("check", server(source, policy=ALLOWED), "-k", "ordinary", *REPORT)
    assert ended.status == 1
    assert "whole" in failing_faults()


def test_it_must_come_once_the_next_message_is_complete(in_process: Command, server: Server) -> None:
    source = changed(BATCHING, "replies += [", "replies[:] = [")
    ended = in_process("check", server(source, policy=ALLOWED), *REPORT)
    assert ended.status == 1
    assert "held" in failing_faults()


def test_it_must_come_where_the_stream_ends_between_two_messages(in_process: Command, server: Server) -> None:
    """This one leaves as soon as it sees the end, whatever it has read."""
    source = changed(BATCHING, "import contextlib, ", "import contextlib, select, ")
    source = changed(
        source,
        "while octets :=",
        "poll = select.poll()\n            poll.register(connection, select.POLLRDHUP)\n            while octets :=",
    )
    source = changed(source, "*lines, ", "if poll.poll(0):\n                    break\n                *lines, ")
    ended = in_process("check", server(source, policy=ALLOWED), "-k", "ordinary and (whole or half-close)", *REPORT)
    assert ended.status == 1
    assert failing_faults() == {"half-close"}


def test_what_comes_inside_a_message_must_be_right(in_process: Command, server: Server) -> None:
    source = changed(
        BATCHING,
        "is_malformed = len",
        'buffer == b"b" and connection.sendall(b"x\\n")\n' + 16 * " " + "is_malformed = len",
    )
    ended = in_process("check", server(source, policy=ALLOWED), *REPORT)
    assert ended.status == 1
    assert "half-close" in failing_faults()


def test_a_policy_is_allowed_or_forbidden(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(BATCHING, policy={"withheld_reply": "perhaps"}))
    assert ended.status == 2
    assert "expected one of 'allowed', 'forbidden', found the text 'perhaps'" in ended.errors


# requires


def test_an_implementation_runs_whose_module_is_there(in_process: Command, server: Server, echo_source: str) -> None:
    assert in_process("check", server(echo_source, requires=["python:json"]), "-k", "whole").status == 0


def test_an_implementation_is_skipped_whose_module_is_missing(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(requires=["python:no_such_module", "no-such-program"]))
    assert ended.status == 5
    assert "skipped: python:no_such_module and no-such-program not installed" in ended.output


def test_a_module_counts_only_where_the_implementation_will_find_it(
    run: Command, server: Server, environment: dict[str, str], folder: Path
) -> None:
    """PYTHONPATH is ours: an implementation is started in a clean environment."""
    (folder / "modules").mkdir()
    (folder / "modules" / "only_ours.py").touch()
    ours = f"{environment['PYTHONPATH']}:{folder / 'modules'}"
    ended = run("check", server(requires=["python:only_ours"]), variables={"PYTHONPATH": ours})
    assert ended.status == 5
    assert "skipped: python:only_ours not installed" in ended.output
