"""`shortread spec …`: what the commands about specs print, and how they exit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shortread.cli.spec.group import spec as group
from shortread.codec.loading import load_codec
from shortread.spec.library import spec_names


def test_list_names_every_spec_with_its_title(in_process):
    ended = in_process("spec", "list")
    assert [line.split()[0] for line in ended.output.splitlines()] == list(spec_names())
    assert "netstring" in ended.output
    assert "Netstrings" in ended.output


def test_list_as_json(in_process):
    rows = json.loads(in_process("spec", "list", "--json").output)
    assert [row["name"] for row in rows] == list(spec_names())
    assert all(set(row) == {"name", "title", "reference"} and row["reference"] for row in rows)


@pytest.mark.parametrize("name", spec_names())
def test_the_expanded_form_says_the_same(name, in_process, tmp_path):
    path = tmp_path / f"{name}.yaml"
    path.write_text(in_process("spec", "show", name, "--expanded").output, encoding="utf-8")
    shown, written_out = load_codec(Path(__file__).parents[3] / "specs" / f"{name}.yaml"), load_codec(path)
    # Octets that spell text are written as text, so messages are compared by their frames.
    assert list(map(written_out.build_all, written_out.streams)) == list(map(shown.build_all, shown.streams))
    without_messages = {"messages": []}
    assert written_out.spec.model_copy(update=without_messages) == shown.spec.model_copy(update=without_messages)


def test_show_prints_the_file(in_process):
    shown = Path(__file__).parents[3] / "specs" / "netstring.yaml"
    assert in_process("spec", "show", "netstring").output == shown.read_text(encoding="utf-8")


def test_lint_is_silent_when_all_is_well(in_process):
    ended = in_process("spec", "lint", "netstring", str(Path(__file__).parents[3] / "specs"))
    assert (ended.status, ended.output, ended.errors) == (0, "", "")


def test_lint_tells_every_problem_of_every_file(in_process, tmp_path):
    folder = tmp_path / "specs"
    folder.mkdir()
    for name, limit in (("one", "x"), ("two", "y")):
        (folder / f"{name}.yaml").write_text(
            f"shortread: spec/1\nprotocol: {name}\ntitle: t\nreference: r\nframe: {{fixed: {limit}}}\nmessages: [a]\n"
        )
    ended = in_process("spec", "lint", str(folder))
    assert ended.status == 2
    assert [line.split(": ", 2)[1].rpartition("/")[2] for line in ended.errors.splitlines()] == [
        "one.yaml:5:8",
        "two.yaml:5:8",
    ]


def test_lint_advises_and_is_content_all_the_same(in_process, tmp_path):
    (tmp_path / "acme.yaml").write_text(
        "shortread: spec/1\nprotocol: acme\ntitle: t\nreference: r\nframe: {fixed: 2}\nmessages: [é, aa]\n"
    )
    ended = in_process("spec", "lint", "acme.yaml")
    assert (ended.status, ended.output) == (0, "")
    where = f"shortread: advice: {tmp_path}/acme.yaml:6:1: expected"
    assert [line.partition(", found ")[0] for line in ended.errors.splitlines()] == [
        f"{where} a message that is sent twice",
        f"{where} three messages in a row with frames of at most 64 octets",
    ]


@pytest.mark.parametrize(
    ("octets", "status", "printed"),
    [
        ("5:hello,0:,", 0, '       0  "hello"\n       8  ""\n'),
        ("5:hello,5x", 1, "       0  \"hello\"\n       9  non_digit_length (found b'x')\n"),
        ("5:he", 1, "       4  eof_inside\n"),
        ("", 0, ""),
    ],
)
def test_decode_prints_messages_and_what_ended_them(octets, status, printed, in_process):
    ended = in_process("spec", "decode", "netstring", "--hex", octets.encode().hex())
    assert (ended.status, ended.output) == (status, printed)


def test_decode_as_json(in_process):
    octets = b"5:hello,2:\xff\x00,5x"
    ended = in_process("spec", "decode", "netstring", "--json", "--hex", octets.hex())
    assert json.loads(ended.output) == {
        "messages": ["hello", {"hex": "ff00"}],
        "error": {"code": "non_digit_length", "offset": 14, "detail": "found b'x'"},
    }


def test_decode_reads_a_file_and_standard_input(in_process, environment, tmp_path):
    path = tmp_path / "stream"
    path.write_bytes(b"2:hi,")
    assert in_process("spec", "decode", "netstring", str(path)).output == '       0  "hi"\n'
    command = [sys.executable, "-m", "shortread", "spec", "decode", "netstring"]
    piped = subprocess.run(command, input=b"2:hi,", capture_output=True, check=True, env=environment)
    assert piped.stdout == b'       0  "hi"\n'


def test_decode_refuses_what_is_no_hexadecimal(in_process):
    ended = in_process("spec", "decode", "netstring", "--hex", "5")
    assert ended.status == 2
    assert ended.errors == "shortread: --hex: expected octets in hexadecimal, found '5'; two digits for each\n"


def test_encode_is_the_inverse_of_decode(in_process):
    ended = in_process("spec", "encode", "netstring", "hello", "!hex 00ff")
    assert bytes.fromhex(ended.output) == b"5:hello,2:\x00\xff,"


def test_encode_says_why_a_message_has_no_frame(in_process):
    ended = in_process("spec", "encode", "fixed-16", "short")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: the message: expected body of exactly 16 octets, found 5 octets; see shortread spec show fixed-16\n"
    )


def test_draw_shows_each_field_with_its_size(in_process):
    assert in_process("spec", "draw", "netstring").output == (
        "Netstrings (netstring)\n"
        "\n"
        "frame\n"
        "┌──────────────────┬─────┬─────────┬─────┐\n"
        "│      length      │ ':' │   data  │ ',' │\n"
        "│ digits ≤9 → data │ 1 B │ counted │ 1 B │\n"
        "└──────────────────┴─────┴─────────┴─────┘\n"
    )


def test_draw_writes_an_svg_that_stands_alone(in_process, tmp_path):
    path = tmp_path / "netstring.svg"
    assert in_process("spec", "draw", "netstring", "--svg", str(path)).status == 0
    svg = path.read_text(encoding="utf-8")
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "href" not in svg
    assert svg.count("<rect") == 5


@pytest.mark.parametrize("name", group.commands)
def test_help_has_an_example(name, in_process):
    assert re.search(rf"\n  Example:\n    shortread spec {name}\b", in_process("spec", name, "--help").output)


def test_a_spec_without_replies_cannot_be_checked(in_process, tmp_path):
    path = tmp_path / "silent.yaml"
    path.write_text(
        "shortread: spec/1\nprotocol: silent\ntitle: t\nreference: r\nframe: {fixed: 1}\nmessages: [a]\n",
        encoding="utf-8",
    )
    ended = in_process("check", "--spec", str(path), "--", "true")
    assert ended.status == 2
    assert ended.errors == (
        f"shortread: {path}: expected a spec whose replies come back on the connection, found neither reply nor "
        "exchange; choose another spec, or say in it how it is known what was understood: see specs/README.md\n"
    )
