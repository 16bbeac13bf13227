"""`shortread init`: what is told is written, what is not is asked for, and what is wrong is not left behind."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "manifest"),
    [
        (
            ["mine", "--spec", "netstring", "--", "python3", "server.py", "{port}"],
            'name: mine\nspec: netstring\nrole: server\ncommand: [python3, server.py, "{port}"]\n',
        ),
        (
            ["mine", "--spec", "tiny.yaml", "--role", "client", "--name", "a client", "--", "./client", "{port}"],
            'name: a client\nspec: "../tiny.yaml"\nrole: client\ncommand: ["./client", "{port}"]\n',
        ),
        (
            ["mine", "--spec", "text-u16", "--function", "homework.py:receive"],
            'name: mine\nspec: text-u16\nrole: function\nfunction: {receive: "homework.py:receive"}\n',
        ),
        (
            ["mine", "--spec", "netstring", "--transcript", "got (?P<text>.*)", "--", "yes", "1e3", "{port}"],
            'name: mine\nspec: netstring\nrole: server\ncommand: ["yes", "1e3", "{port}"]\n'
            'reply: transcript\ntranscript: {pattern: "got (?P<text>.*)"}\n',
        ),
    ],
    ids=["server", "client", "function", "transcript"],
)
def test_what_is_told_is_written(arguments: list[str], manifest: str, in_process: Command, folder: Path) -> None:
    ended = in_process("init", *arguments)
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output == "wrote mine/implementation.yaml\ncheck it with: shortread check mine\n"
    assert (folder / "mine/implementation.yaml").read_text() == f"shortread: implementation/1\n{manifest}"


def test_what_was_written_can_be_checked(in_process: Command, folder: Path, echo_source: str) -> None:
    (folder / "server.py").write_text(textwrap.dedent(echo_source))
    assert in_process("init", "--spec", "tiny.yaml", "--", "python3", "server.py", "{port}").status == 0
    assert in_process("check", "-k", "whole", ".").status == 0


def test_a_manifest_that_is_there_stays(in_process: Command, folder: Path) -> None:
    (folder / "implementation.yaml").write_text("mine")
    arguments = ["--spec", "netstring", "--", "./server", "{port}"]
    ended = in_process("init", *arguments)
    assert ended.status == 2
    assert ended.errors == (
        "shortread: implementation.yaml: expected no manifest yet, found one; edit it, or write over it with --force\n"
    )
    assert (folder / "implementation.yaml").read_text() == "mine"
    assert in_process("init", "--force", *arguments).status == 0
    assert (folder / "implementation.yaml").read_text().startswith("shortread: implementation/1\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--spec", "netsting", "--", "./server"], "found netsting; did you mean 'netstring'?"),
        (["--spec", "netstring", "--", "./server", "{prot}"], "did you mean {port}?"),
        (["--spec", "netstring"], "expected --role, found nobody to ask; write for example: server"),
        (["--role", "server", "--", "./server"], "expected --spec, found nobody to ask; write for example: netstring"),
        (
            ["--function", "a.py:b", "--", "./server"],
            "expected a function or a command, found --function and a command",
        ),
        (["--function", "a.py:b", "--role", "client"], "found --function and --role client; leave one of them out"),
        (["--spec", "netstring", "--role", "server"], "expected -- COMMAND …, found nobody to ask"),
    ],
    ids=["spec", "placeholder", "no role", "no spec", "both", "another role", "no command"],
)
def test_what_is_wrong_is_not_written(
    arguments: list[str], message: str, in_process: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        ended = in_process("init", *arguments)
    assert ended.status == 2
    assert message in ended.errors
    assert not (folder / "implementation.yaml").exists()


def test_a_folder_that_cannot_be_written_to(in_process: Command, folder: Path) -> None:
    (folder / "file").touch()
    ended = in_process("init", "file/mine", "--spec", "netstring", "--", "./server", "{port}")
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors == (
        "shortread: file/mine/implementation.yaml: expected a folder to write to, found Not a directory; "
        "choose another folder\n"
    )


def test_what_is_not_told_is_asked_for(folder: Path, environment: dict[str, str]) -> None:
    ours, terminal = pty.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard:
        keyboard.write(b"client\ntext-u16\n./my-client {host} {port}\n")
        ended = subprocess.run(
            [sys.executable, "-m", "shortread", "init", "mine"],
            cwd=folder,
            env=environment,
            stdin=terminal,
            capture_output=True,
            timeout=50,
            check=False,
        )
        os.close(terminal)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert (folder / "mine/implementation.yaml").read_text() == (
        "shortread: implementation/1\nname: mine\nspec: text-u16\nrole: client\n"
        'command: ["./my-client", "{host}", "{port}"]\n'
    )
