"""What is printed where: lines without escapes into a file, progress and colours on a terminal; and the help."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from shortread.cli.main import shortread

Command = Callable[..., Any]
Server = Callable[..., str]


def test_output_to_a_file_is_lines_without_escapes(run: Command, flawed: str) -> None:
    ended = run("check", flawed, variables={"TERM": "xterm-256color", "COLUMNS": "40"})
    assert ended.errors == ""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ended.output)
    assert ended.output.startswith("✗ flawed   tiny   ")


@pytest.fixture
def on_terminal(folder: Path, environment: Mapping[str, str]) -> Callable[..., str]:
    """`on_terminal(*arguments)` gives what a terminal gets, standard error included or not."""

    def run(*arguments: str, with_errors: bool = True, **variables: str) -> str:
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "shortread", *arguments],
            cwd=folder,
            env={**environment, **variables},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs if with_errors else subprocess.DEVNULL,
        ):
            os.close(theirs)
            octets = read_all(ours)
        return octets.decode()

    return run


def read_all(terminal: int) -> bytes:
    octets = b""
    try:
        while more := os.read(terminal, 65536):
            octets += more
    except OSError:  # EIO: nobody has it open any more
        pass
    os.close(terminal)
    return octets


def test_a_terminal_shows_progress_and_then_only_the_result(on_terminal: Callable[..., str], echo: str) -> None:
    shown = on_terminal("check", echo)
    assert " 0/63" in shown
    *_, rest = re.split(r"(?:25|50)/63", shown)
    assert rest != shown
    # The bar is wiped out of its line before the result is printed there.
    assert re.search(r"\x1b\[1A\x1b\[2K(\x1b\[[0-9;]*m)*✓ ", rest)
    assert rest.endswith("\r\n1 run: 1 conforming\r\n")


def test_a_terminal_shows_colours(on_terminal: Callable[..., str], echo: str) -> None:
    assert "\x1b[1;32m✓ \x1b[0m" in on_terminal("check", echo)


def test_no_color_on_a_terminal(on_terminal: Callable[..., str], flawed: str) -> None:
    assert "\x1b" not in on_terminal("check", flawed, with_errors=False, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*m", on_terminal("check", flawed, NO_COLOR="1"))


def test_a_name_that_would_steer_the_terminal(
    on_terminal: Callable[..., str], server: Server, echo_source: str
) -> None:
    target = server(echo_source)
    manifest = Path(target, "implementation.yaml")
    manifest.write_text(manifest.read_text().replace('"name": "server"', r'"name": "a [/b] \u001b[2J"'))
    shown = on_terminal("check", target)
    assert r"a [/b] \x1b[2J" in shown
    assert "\x1b[2J" not in shown
    assert "1 run: 1 conforming" in shown


def test_quiet_says_one_line_for_what_is_as_expected(run: Command, server: Server, flawed_source: str) -> None:
    ended = run("check", server(flawed_source, expect=["SR207"]), "--quiet")
    assert re.fullmatch(
        r"✓ server   tiny   \d+ of 44 trials failed   0\.\d s   SR207 as expected\n1 run: 1 as expected\n", ended.output
    )


def test_an_encoding_without_our_characters(run: Command, echo: str) -> None:
    ended = run("check", echo, variables={"PYTHONIOENCODING": "ascii"})
    assert ended.status == 0
    assert ended.output.startswith("? echo   tiny   ")


@pytest.mark.parametrize("name", shortread.commands)
def test_help_has_an_example(name: str, in_process: Command) -> None:
    ended = in_process(name, "--help")
    assert ended.status == 0
    assert re.search(rf"\n  Examples?:\n    shortread {name} \S", ended.output)


def test_the_help_of_it_all(in_process: Command) -> None:
    ended = in_process("--help")
    assert ended.status == 0
    assert re.search(r"\n  Example:\n    shortread check \S", ended.output)


def test_without_a_command_there_is_help(in_process: Command) -> None:
    ended = in_process()
    assert ended.status == 2
    assert ended.errors.startswith("Usage: shortread ")
