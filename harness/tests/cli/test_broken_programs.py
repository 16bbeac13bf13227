"""Programs that cannot be tested: exit status 3, what they printed last, and no process of theirs left behind."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]
Server = Callable[..., str]
LeftRunning = Callable[[], list[str]]


def shell(script: str) -> list[str]:
    """A command that is there in a moment, however busy the machine is."""
    return ["sh", "-c", script]


def without_ports(text: str) -> str:
    return re.sub(r"(127\.0\.0\.1:|asked for )\d+", r"\1PORT", text)


def refusal(ended: Any) -> str:
    """Why the only run could not be run."""
    assert ended.status == 3
    assert ended.errors == ""
    lines = without_ports(ended.output).splitlines()
    assert lines[0] == "! server   tiny   could not be run"
    assert lines[-1] == "1 run: 1 could not be run"
    return "\n".join(lines[1:-1])


def test_a_command_that_does_not_exist(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(command=["no-such-program", "{port}"]))
    assert refusal(ended) == "  server: there is no program no-such-program in PATH"


def test_one_that_exits_at_once(in_process: Command, server: Server, left_running: LeftRunning) -> None:
    script = "sleep 1000 & echo no configuration >&2; exit 7"
    ended = in_process("check", server(command=shell(script)))
    assert refusal(ended) == (
        "  server: it exited with status 7 before it listened on 127.0.0.1:PORT, and left processes in the "
        "background; start it in the foreground; it printed last:\n"
        "      no configuration"
    )
    assert left_running() == []


def test_one_that_never_listens(in_process: Command, server: Server, left_running: LeftRunning) -> None:
    command = shell("echo please wait; sleep 1000; true")
    ended = in_process("check", server(command=command, time_limits={"start_seconds": 0.5}))
    assert refusal(ended) == (
        "  server: it did not listen on 127.0.0.1:PORT within 0.5 s; it printed last:\n      please wait"
    )
    assert left_running() == []


def test_one_that_listens_on_another_port(in_process: Command, server: Server, left_running: LeftRunning) -> None:
    source = """
        import socket
        print("at your service", flush=True)
        socket.create_server(("127.0.0.1", 0)).accept()
        """
    ended = in_process("check", server(source))
    assert refusal(ended) == (
        '  server: it listens on 127.0.0.1:PORT, was asked for PORT; put "{port}" into the command, '
        "or say port: observed; it printed last:\n"
        "      at your service"
    )
    assert left_running() == []


def test_one_that_floods_its_output(in_process: Command, server: Server, left_running: LeftRunning) -> None:
    ended = in_process("check", server(command=shell("yes more; true")))
    first, second, *_, last = refusal(ended).splitlines()
    assert first == "  server: it floods its output instead of listening; it printed last:"
    assert second.endswith("lines before these")
    # Wherever the last line was cut off; not fine would be one without anything.
    assert last.strip() in {"m", "mo", "mor", "more"}
    assert left_running() == []


def test_one_that_steers_the_terminal_in_its_last_words(in_process: Command, server: Server) -> None:
    ended = in_process("check", server(command=shell(r"printf '\033[2J\033]0;title\007\rgone'; exit 1")))
    assert refusal(ended).splitlines()[1] == r"      \x1b[2J\x1b]0;title\x07\rgone"


def test_one_that_cannot_be_built(in_process: Command, server: Server, left_running: LeftRunning) -> None:
    build = shell("echo server.c: no such file; sleep 1000 & exit 2")
    ended = in_process("check", server(build=[build]))
    assert refusal(ended) == (
        f"  server: its build command `{shlex.join(build)}` exited with status 2; it printed last:\n"
        "      server.c: no such file"
    )
    assert left_running() == []


@pytest.mark.parametrize("command", ["check", "replay"])
def test_either_command_says_so(command: str, in_process: Command, server: Server) -> None:
    target = server(command=["no-such-program", "{port}"])
    ids = {"check": [], "replay": ["tiny/ordinary/1@send 0..2 await-reply"]}
    ended = in_process(command, *ids[command], target)
    assert ended.status == 3
    assert "server: there is no program no-such-program in PATH\n" in ended.output + ended.errors
