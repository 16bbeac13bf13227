"""Specs and manifests that are wrong: exit status 2, the place, and what to do; every error at once."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shortread.spec.model import Spec

Command = Callable[..., Any]

HEAD = """\
shortread: spec/1
protocol: bad
title: A bad one
reference: none
"""

WRONG_SPECS = {
    "an unknown key and a wrong type": (
        r"""
        frame: {delimiter: "\n", max: many}
        reply: echo
        mesages: [a]
        messages: [a]
        """,
        r"""
        5:31: expected a whole number, found the text 'many'
        7:1: expected KEYS, found the key 'mesages'; did you mean 'messages'?
        """,
    ),
    "duplicate keys": (
        r"""
        frame: {delimiter: "\n", max: 16, max: 17}
        reply: echo
        messages: [a]
        reply: echo
        """,
        r"""
        5:35: expected every key once, found the key 'max' again, after line 5; remove one of the two
        8:1: expected every key once, found the key 'reply' again, after line 6; remove one of the two
        """,
    ),
    "a field that is counted twice and one without a bound": (
        r"""
        frame:
          - length: {number: digits, max_digits: 3, counts: [data, data]}
          - ":"
          - data: {bytes: counted}
          - rest: {bytes: {until: "\n"}}
        message: [data, rest]
        reply: echo
        messages: [{data: a, rest: b}]
        """,
        r"""
        6:53: expected each field counted once, found 'data' counted 2 times; write 'data' once
        9:11: expected max, the most octets before the delimiter, found a field without a bound; \
        add for example max: 1024
        """,
    ),
    "a field that counts itself": (
        r"""
        frame:
          - length: {number: digits, max_digits: 3, counts: [length, length, data]}
          - ":"
          - data: {bytes: counted}
        message: data
        reply: echo
        messages: [a]
        """,
        r"""
        6:53: expected each field counted once, found itself counted 2 times; write 'length' once
        """,
    ),
    "a delimiter without a bound": (
        r"""
        frame: {delimiter: "\n"}
        reply: echo
        messages: [a]
        """,
        r"""
        5:8: expected max, the most octets before the delimiter, found a field without a bound; \
        add for example max: 1024
        """,
    ),
}


@pytest.mark.parametrize("name", WRONG_SPECS)
def test_a_wrong_spec(name: str, in_process: Command, folder: Path) -> None:
    keys = "one of " + ", ".join(f"'{key}'" for key in Spec.model_fields)
    source, messages = (textwrap.dedent(text.replace("\\\n        ", "")) for text in WRONG_SPECS[name])
    (folder / "bad.yaml").write_text(HEAD + source.lstrip("\n"))
    ended = in_process("check", "--spec", "bad.yaml", "--", "./server")
    assert ended.status == 2
    expected = "".join(
        f"shortread: {folder}/bad.yaml:{line}\n" for line in messages.replace("KEYS", keys).split("\n")[1:-1]
    )
    assert ended.errors == expected
    assert ended.output == ""


def test_a_spec_that_does_not_exist(in_process: Command) -> None:
    ended = in_process("check", "--spec", "netstrings", "--", "./server")
    assert ended.status == 2
    assert ended.errors.startswith("shortread: spec: expected the name of a spec that ships, ")
    assert ended.errors.endswith(", found netstrings; did you mean 'netstring'?\n")


MANIFEST = """\
shortread: implementation/1
name: a server
spec: {spec}
role: {role}
command: [python3, server.py, {port}]
"""


def write_manifest(folder: Path, name: str, *, spec: str = "netstring", role: str = "server", port: str) -> None:
    (folder / name).mkdir()
    text = MANIFEST.format(spec=spec, role=role, port=port)
    (folder / name / "implementation.yaml").write_text(text)


def test_a_port_without_quotes_in_a_manifest(in_process: Command, folder: Path) -> None:
    write_manifest(folder, "server", port="{port}")
    ended = in_process("check", "server")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: server/implementation.yaml:5:31: expected text, found a mapping with the key 'port'; "
        'quote it: "{port}"\n'
    )


def test_several_manifests_with_several_errors_and_nothing_is_started(in_process: Command, folder: Path) -> None:
    write_manifest(folder, "first", role="sever", port='"{prot}"')
    write_manifest(folder, "second", spec="netsting", port='"{port}"')
    ended = in_process("check", ".", "gone")
    assert ended.status == 2
    first, second, third, fourth = ended.errors.splitlines()
    assert first == (
        "shortread: first/implementation.yaml:4:7: expected one of 'server', 'client', 'function', "
        "found the text 'sever'; did you mean 'server'?"
    )
    assert second == (
        "shortread: first/implementation.yaml:5:31: expected one of the placeholders {host}, {port}, {python}, {dir}, "
        "found {prot} in '{prot}'; did you mean {port}? for braces write {{prot}}"
    )
    assert third.startswith("shortread: spec: expected the name of a spec that ships, ")
    assert third.endswith(", found netsting; did you mean 'netstring'?")
    assert fourth.startswith(
        "shortread: gone: expected a manifest, a folder with implementation.yaml, or a folder of such folders, "
        "found no such file or folder; "
    )
    assert ended.output == ""
