"""Manifests: what they say, what is wrong in them and where, and where they are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shortread.errors import UsageError
from shortread.implementations.implementation import (
    build_values,
    find_manifests,
    from_command,
    load_manifest,
    placeholder_values,
)
from shortread.implementations.placeholders import expand

SMALLEST = """\
shortread: implementation/1
name: a server
spec: netstring
role: server
command: [python3, server.py, "{port}"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "implementation.yaml"
    path.write_text(text)
    return path


def problem(folder: Path, text: str) -> str:
    """The one problem of a manifest, from its line on."""
    path = written(folder, text)
    with pytest.raises(UsageError) as raised:
        load_manifest(path)
    (only,) = raised.value.problems
    return str(only).removeprefix(f"{path}:")


def test_the_smallest_manifest_has_the_documented_defaults(tmp_path: Path) -> None:
    loaded = load_manifest(written(tmp_path, SMALLEST))
    manifest = loaded.manifest
    assert loaded.folder == tmp_path.resolve()
    assert manifest.command == ("python3", "server.py", "{port}")
    assert (manifest.build, manifest.environment, manifest.connections) == ((), {}, "concurrent")
    assert (manifest.policy.max_message_bytes, manifest.expect) == (None, None)
    limits = manifest.time_limits
    assert (limits.build_seconds, limits.start_seconds, limits.patience_seconds) == (60, 10, 2)


def test_a_manifest_with_everything(tmp_path: Path) -> None:
    text = """\
build: [[make, -C, "{dir}"], [strip, server]]
environment: {MODE: test, URL: "tcp://{host}:{port}/{{x}}"}
connections: sequential
policy: {max_message_bytes: 65536}
time_limits: {build_seconds: 1.5}
expect: [SR201, SR301]
"""
    manifest = load_manifest(written(tmp_path, SMALLEST + text)).manifest
    assert manifest.build == (("make", "-C", "{dir}"), ("strip", "server"))
    assert manifest.environment["MODE"] == "test"
    assert manifest.connections == "sequential"
    assert manifest.policy.max_message_bytes == 65536
    assert (manifest.time_limits.build_seconds, manifest.time_limits.start_seconds) == (1.5, 10)
    assert manifest.expect == ("SR201", "SR301")


def test_no_findings_expected_differs_from_nothing_said(tmp_path: Path) -> None:
    assert load_manifest(written(tmp_path, SMALLEST + "expect: []\n")).manifest.expect == ()


def test_a_role_that_there_is_not(tmp_path: Path) -> None:
    assert problem(tmp_path, SMALLEST.replace("role: server", "role: peer")).startswith(
        "4:7: expected one of 'server', 'client', 'function', found the text 'peer'"
    )


@pytest.mark.parametrize(
    ("role", "lifetime", "is_for_one_connection"),
    [
        ("server", "", False),
        ("server", "lifetime: connection", True),
        ("client", "", True),
        ("client", "lifetime: process", False),
    ],
)
def test_a_client_is_for_one_connection_and_a_server_for_many(
    role: str, lifetime: str, is_for_one_connection: bool, tmp_path: Path
) -> None:
    text = SMALLEST.replace("role: server", f"role: {role}") + lifetime
    assert load_manifest(written(tmp_path, text)).is_for_one_connection is is_for_one_connection


@pytest.mark.parametrize("port", ['"{port}"', "observed", "65432"])
def test_a_port_is_chosen_or_observed_or_a_number(port: str, tmp_path: Path) -> None:
    found = load_manifest(written(tmp_path, f"{SMALLEST}port: {port}\n")).manifest.port
    assert str(found) == port.strip('"')


def test_a_port_without_quotes_is_a_mapping(tmp_path: Path) -> None:
    assert problem(tmp_path, f"{SMALLEST}port: {{port}}\n") == (
        '6:7: expected port: "{port}", a number, or observed, found a mapping; '
        "YAML reads braces without quotes as a mapping: put them into quotes"
    )


def test_an_unquoted_placeholder(tmp_path: Path) -> None:
    found = problem(tmp_path, SMALLEST.replace('"{port}"', "{port}"))
    assert found.startswith("5:31: expected text, found a mapping")
    assert 'quote it: "{port}"' in found


def test_an_unknown_placeholder(tmp_path: Path) -> None:
    assert problem(tmp_path, SMALLEST.replace("{port}", "{prot}")) == (
        "5:31: expected one of the placeholders {host}, {port}, {python}, {dir}, found {prot} in '{prot}'; "
        "did you mean {port}? for braces write {{prot}}"
    )


def test_a_lone_brace(tmp_path: Path) -> None:
    assert problem(tmp_path, SMALLEST.replace("{port}", "a{")).endswith("found a lone { in 'a{'; write {{ for a brace")


def test_a_port_is_not_known_while_building(tmp_path: Path) -> None:
    assert problem(tmp_path, SMALLEST + 'build: [[make, "{port}"]]\n') == (
        "6:16: expected one of the placeholders {python}, {dir}, found {port} in '{port}'; "
        "{port} is only known once the implementation is started, not while it is built"
    )


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("expect: [SR1]", "6:10: "),
        ("expect: SR101", "6:9: "),
        ("build: [[]]", "6:9: "),
        ("environment: {PORT: 80}", "6:21: "),
        ("policy: {max_message_bytes: -1}", "6:29: "),
        ("time_limits: {start_seconds: 0}", "6:30: "),
        ("connections: parallel", "6:14: "),
    ],
)
def test_each_wrong_value_is_refused_at_its_place(line: str, where: str, tmp_path: Path) -> None:
    assert problem(tmp_path, f"{SMALLEST}{line}\n").startswith(where)


def test_an_unknown_key_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    found = problem(tmp_path, SMALLEST + "enviroment: {}\n")
    assert found.startswith("6:1: ")
    assert found.endswith("did you mean 'environment'?")


def test_an_empty_command(tmp_path: Path) -> None:
    assert problem(tmp_path, SMALLEST.replace('[python3, server.py, "{port}"]', "[]")).startswith("5:10: ")


def test_placeholders_are_filled_in(tmp_path: Path) -> None:
    implementation = from_command("netstring", ["x"], folder=tmp_path)
    values = placeholder_values(implementation, host="127.0.0.1", port=7)
    text = "{host}:{port} {python} {dir} {{port}} }}{{"
    assert expand(text, values) == f"127.0.0.1:7 {sys.executable} {tmp_path.resolve()} {{port}} }}{{"
    assert set(build_values(implementation)) == {"python", "dir"}


def test_a_command_without_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    implementation = from_command("netstring", ["python3", "my server.py", "{port}"])
    assert implementation.folder == tmp_path.resolve()
    assert implementation.manifest.name == "python3 'my server.py' '{port}'"
    assert implementation.manifest.role == "server"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ([], 'expected a command after --, found nothing; write for example: -- python3 server.py "{port}"'),
        (["x", "{Port}"], "found {Port} in '{Port}'; did you mean {port}? for braces write {{Port}}"),
    ],
)
def test_a_command_line_that_cannot_be_meant(command: list[str], reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        from_command("netstring", command)
    assert str(raised.value).startswith("the command line: ")
    assert str(raised.value).endswith(reason)


def manifest_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return written(folder, SMALLEST)


def test_a_file_and_a_folder_with_one_stand_for_themselves(tmp_path: Path) -> None:
    path = manifest_in(tmp_path / "a")
    assert find_manifests(path) == find_manifests(path.parent) == (path,)


def test_a_folder_of_folders_is_searched_and_sorted(tmp_path: Path) -> None:
    paths = [manifest_in(tmp_path / name) for name in ("c/x", "a", "b/y")]
    manifest_in(tmp_path / ".hidden")
    manifest_in(tmp_path / "a" / "inside-another")
    assert find_manifests(tmp_path) == tuple(sorted(paths))


@pytest.mark.parametrize(
    ("name", "found"),
    [("", "a folder without implementation.yaml in it or below it"), ("gone", "no such file or folder")],
)
def test_nothing_found_says_what_was_looked_for(name: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        find_manifests(tmp_path / name)
    (only,) = raised.value.problems
    assert only.expected == "a manifest, a folder with implementation.yaml, or a folder of such folders"
    assert only.found == found
