"""YAML text becomes plain data with positions, or a list of everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shortread.errors import UsageError
from shortread.spec.yaml12 import PARSERS, Node, Parser, load_document, load_file, require_kind


def value_of(yaml_value: str) -> object:
    return load_document(f"value: {yaml_value}\n", file="a.yaml").data["value"]


def problems_of(load: Callable[[], object]) -> list[str]:
    with pytest.raises(UsageError) as refused:
        load()
    return [str(problem) for problem in refused.value.problems]


def problems_in(text: str) -> list[str]:
    return problems_of(lambda: load_document(text, file="a.yaml"))


# What YAML 1.2 says about plain scalars


@pytest.mark.parametrize("text", ["on", "off", "yes", "No", "y", "1:30", "1_000", "0b11", "2001-01-01", "=", "+", "."])
def test_what_yaml_1_1_took_for_something_else_is_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("017", 17), ("0", 0), ("-5", -5), ("+5", 5), ("0o17", 15), ("0x1F", 31), ("00", 0)],
)
def test_whole_numbers_are_decimal_octal_or_hexadecimal(text: str, number: int) -> None:
    value = value_of(text)
    assert (type(value), value) == (int, number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1e3", -1000.0),
        ("1.0E-2", 0.01),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_other_numbers_are_floats(text: str, number: float) -> None:
    value = value_of(text)
    assert (type(value), value) == (float, number)


def test_not_a_number_is_a_float_too() -> None:
    value = value_of(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("NULL", None),
        ("", None),
    ],
)
def test_truth_and_nothing(text: str, constant: bool | None) -> None:
    assert value_of(text) is constant


@pytest.mark.parametrize("text", ["'1'", '"true"', "'~'", '""', "|-\n  17", ">-\n  null"])
def test_whatever_has_quotes_or_is_a_block_is_text(text: str) -> None:
    assert isinstance(value_of(text), str)


@given(st.integers())
def test_whole_numbers_survive_a_round_trip(number: int) -> None:
    assert value_of(str(number)) == number


@given(st.text())
def test_texts_survive_a_round_trip(text: str) -> None:
    assert value_of(yaml.safe_dump(text, default_style='"', allow_unicode=False)) == text


@given(st.lists(st.sampled_from([*"0o17x.:- \n[]{},&a*!#'\"|>?é😀", "k: ", "\n  ", "- ", "!hex ", ".nan", "~"])))
def test_both_parsers_give_the_same_values_at_the_same_places(pieces: list[str]) -> None:
    text = "key: " + "".join(pieces)
    fast, pure = (_root_or_none(text, parser) for parser in (PARSERS[0], yaml.SafeLoader))
    if None not in (fast, pure):  # each refuses a few texts that the other takes, such as |# and [0:]
        assert repr(fast) == repr(pure)  # not ==, because of .nan


def _root_or_none(text: str, parser: Parser) -> Node | None:
    try:
        return load_document(text, file="a.yaml", parser=parser).root
    except UsageError:
        return None


# Literal values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!hex 00ff0d0a", b"\x00\xff\r\n"),
        ("!hex 00 ff\n  0D0A", b"\x00\xff\r\n"),
        ("!hex", b""),
        ("!base64 AP8NCg==", b"\x00\xff\r\n"),
        ("!repeat [ab, 3]", "ababab"),
        ("!repeat [!hex 0d0a, 2]", b"\r\n\r\n"),
        ("!repeat [!repeat [x, 2], 2]", "xxxx"),
        ("!repeat [x, 0]", ""),
        ("!repeat ['', 99999999999999999999999]", ""),
    ],
)
def test_tags_make_octets_and_long_texts(text: str, value: str | bytes) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "!hex 0g",
            "expected pairs of hex digits after !hex, found the text '0g'; for example: !hex 00ff 0d0a",
        ),
        (
            "!hex 123",
            "expected pairs of hex digits after !hex, found the text '123'; for example: !hex 00ff 0d0a",
        ),
        ("!hex [a]", "expected a text after !hex, found something else; write !hex 00ff 0d0a"),
        ("!base64 A", "expected base64 after !base64, found the text 'A'; for example: !base64 AP8NCg=="),
        ("!repeat x", "expected [what, times] after !repeat, found something else; write !repeat [x, 1024]"),
        (
            "!hexx 00",
            "expected no tag, or one of !hex, !base64, !repeat, !file, found !hexx; did you mean '!hex'?",
        ),
        (
            "!!python/name:os.system x",
            "expected no tag, or one of !hex, !base64, !repeat, !file, found !!python/name:os.system; "
            "remove it, or put a text that starts with ! into quotes",
        ),
        ("!file body.bin", "expected a value in the text itself, found !file; use !hex or !base64"),
        (
            "!repeat [x, 67108865]",
            "expected at most 67,108,864 octets of literal values in all, found 67,108,865; make the values shorter",
        ),
    ],
)
def test_a_wrong_literal_is_refused_where_it_stands(text: str, problem: str) -> None:
    assert problems_in(f"value: {text}") == [f"a.yaml:1:8: {problem}"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("[x]", "the text 'x'"),
        ("[x, -1]", "the text 'x', the number -1"),
        ("[x, true]", "the text 'x', the truth value true"),
        ("[5, 5]", "the number 5, the number 5"),
        ("[]", "an empty list"),
    ],
)
def test_repeat_needs_what_and_how_often(arguments: str, found: str) -> None:
    assert problems_in(f"value: !repeat {arguments}") == [
        "a.yaml:1:8: expected [what, times] after !repeat: text or octets, and a whole number, "
        f"found {found}; for example: !repeat [x, 1024]"
    ]


def test_a_refused_value_is_not_held_against_what_contains_it() -> None:
    assert len(problems_in("value: !repeat [!hex zz, 3]\n!hex zz : 1\n")) == 2


def test_file_gives_the_octets_of_a_file_beside_the_document(tmp_path: Path) -> None:
    (tmp_path / "body.bin").write_bytes(b"\x00\xff")
    (tmp_path / "a.yaml").write_text("body: !file body.bin\n")
    assert load_file(tmp_path / "a.yaml").data == {"body": b"\x00\xff"}


@pytest.mark.parametrize("path", ["../secret", "{folder}/secret", "link", "circle/../../secret"])
def test_file_stays_in_its_folder(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to("../secret")
    document = folder / "a.yaml"
    document.write_text(f"body: !file {path.format(folder=tmp_path)}\n")
    (problem,) = problems_of(lambda: load_file(document))
    assert problem.startswith(f"{document}:1:7: expected a path that stays in the folder, found the text '")
    assert problem.endswith("; copy the file there")


def test_file_needs_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('body: !file body.bin\nnul: !file "\\0"\n')
    missing, nul = problems_of(lambda: load_file(tmp_path / "a.yaml"))
    assert missing == (
        f"{tmp_path}/a.yaml:1:7: expected the path of a file, found the text 'body.bin'; "
        "check the path; it starts in the folder of this YAML file"
    )
    assert nul.startswith(rf"{tmp_path}/a.yaml:2:6: expected the path of a file, found the text '\x00'; ")


# Positions

STREAM = """\
shortread: spec/1
frame:
  - length: {number: u16be,
             max: 5}
  - 😀: "naïve" # é
cases: {1: a}
again: &x [p, q]
alias: *x
absent:
"""


@pytest.mark.parametrize(
    ("path", "where", "where_of_key"),
    [
        ([], "1:1", "1:1"),
        (["shortread"], "1:12", "1:1"),
        (["frame"], "3:3", "2:1"),
        (["frame", 0], "3:5", "3:5"),
        (["frame", 0, "length", "max"], "4:19", "4:14"),
        (["frame", 1, "😀"], "5:8", "5:5"),
        (["cases", 1], "6:12", "6:9"),
        (["frame", 0, "length", "min"], "3:13", "3:5"),
        (["frame", 7, "length"], "3:3", "2:1"),
        (["alias", 1], "7:15", "7:15"),
        (["absent"], "9:1", "9:1"),
    ],
)
def test_every_path_has_a_place_or_that_of_the_deepest_node_along_it(
    path: list[str | int], where: str, where_of_key: str
) -> None:
    document = load_document(STREAM, file="a.yaml")
    assert document.where(path) == f"a.yaml:{where}"
    assert document.where(path, of_key=True) == f"a.yaml:{where_of_key}"


def test_an_alias_is_the_value_that_it_stands_for() -> None:
    assert load_document("a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n", file="a.yaml").data == {
        "a": {"k": [1]},
        "b": {"k": [1]},
        "c": 2,
        "d": 2,
    }


# Refusals


def test_all_problems_of_a_document_are_told_at_once() -> None:
    text = """\
a: 1
a: 2
{port}: 3
true: 4
7: 5
<<: {x: 1}
"<<": merely text
b: !what 6
c: *nowhere
d: &d [*d]
e: {1: one, 0x1: one, ~: nothing}
"""
    assert problems_in(text) == [
        "a.yaml:2:1: expected every key once, found the key 'a' again, after line 1; remove one of the two",
        "a.yaml:3:1: expected a key that is text, found a mapping with the key 'port'; quote it: \"{port}\"",
        "a.yaml:4:1: expected a key that is text, found the truth value true; put it into quotes",
        "a.yaml:5:1: expected a key that is text, found the number 7; put it into quotes",
        "a.yaml:6:1: expected a key, found the merge key <<; use an anchor on the whole value",
        "a.yaml:8:4: expected no tag, or one of !hex, !base64, !repeat, !file, found !what; "
        "remove it, or put a text that starts with ! into quotes",
        "a.yaml:9:4: expected the name of an anchor above, found *nowhere; put a text that starts with * into quotes",
        "a.yaml:10:8: expected a value that ends, found *d inside of &d; write the inner value out",
        "a.yaml:11:13: expected every key once, found the key '1' again, after line 11; remove one of the two",
        "a.yaml:11:23: expected a key that is text, found nothing; put it into quotes",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a.yaml:1:1: expected a mapping, found an empty document; start with 'shortread: KIND/VERSION'"),
        (
            "# hm\n",
            "a.yaml:1:1: expected a mapping, found an empty document; start with 'shortread: KIND/VERSION'",
        ),
        ("---\n", "a.yaml:2:1: expected a mapping, found nothing; start with 'shortread: KIND/VERSION'"),
        ("- a", "a.yaml:1:1: expected a mapping, found a list of 1; start with 'shortread: KIND/VERSION'"),
        (
            "a: 1\n---\nb: 2\n",
            "a.yaml:2:1: expected the end of the file, found a second document; remove the '---', or use two files",
        ),
        (
            "a: b: c",
            "a.yaml:1:5: expected YAML, found a ':' where no key can be; "
            'put a text with ": " into quotes, and indent the keys of a mapping alike',
        ),
        (
            "a: @b",
            "a.yaml:1:4: expected YAML, found a character that no value starts with; "
            "put the text into quotes, and use spaces instead of tabs",
        ),
        (
            "a: [b, c\nd: e",
            "a.yaml:2:2: expected YAML, found a bracket that is not closed; "
            "close it, and put a text with brackets, braces or commas into quotes",
        ),
        (
            "a: [--port={port}]",
            "a.yaml:1:12: expected YAML, found a bracket that is not closed; "
            "close it, and put a text with brackets, braces or commas into quotes",
        ),
        (
            'a: "\\q"',
            "a.yaml:1:5: expected YAML, found an unknown escape in double quotes; "
            "double the backslash, or use single quotes",
        ),
        ("a: 1\nb", "a.yaml:3:1: expected YAML, found a line without ':'; write it as key: value"),
        (
            "a: 1\n b: 2\n  - 3",
            "a.yaml:2:3: expected YAML, found a ':' where no key can be; "
            'put a text with ": " into quotes, and indent the keys of a mapping alike',
        ),
        (
            "a: 1\nb: é\x07",
            "a.yaml:2:5: expected printable characters, found U+0007; "
            'write it as an escape in double quotes, such as "\\x07", or use !hex',
        ),
        (
            "a: \ud800",
            "a.yaml:1:4: expected printable characters, found U+D800; "
            'write it as an escape in double quotes, such as "\\x07", or use !hex',
        ),
        (
            "a: " + "9" * 1001,
            "a.yaml:1:4: expected a number of at most 1,000 characters, found 1,001; put it into quotes if it is text",
        ),
    ],
)
def test_what_is_no_document(text: str, problem: str) -> None:
    assert problems_in(text) == [problem]


@pytest.mark.parametrize("parser", dict.fromkeys([*PARSERS, yaml.SafeLoader]))
@pytest.mark.parametrize("text", [r'a: "\ud800"', r'a: "\UFFFFFFFF"', r'a: "\U00110000"'])
def test_an_escape_that_names_no_character_is_refused(text: str, parser: Parser) -> None:
    (problem,) = problems_of(lambda: load_document(text, file="a.yaml", parser=parser))
    assert problem.startswith("a.yaml")


# Limits: nothing that somebody may send takes the harness down


@pytest.mark.parametrize("parser", dict.fromkeys([*PARSERS, yaml.SafeLoader]))
@pytest.mark.parametrize(
    ("text", "where"),
    [("a: " + "[" * 500_000, "1:67"), ("a: " + "{" * 500_000, "1:67"), ("- " * 500_000, "1:129")],
    ids=["lists", "mappings", "blocks"],
)
def test_nesting_is_limited(text: str, where: str, parser: Parser) -> None:
    problem = f"a.yaml:{where}: expected at most 64 levels, found one more; nest less deeply"
    assert problems_of(lambda: load_document(text, file="a.yaml", parser=parser))[-1] == problem


def test_nesting_by_aliases_counts_too() -> None:
    deep = "[" * 31 + "]" * 31
    assert value_of(f"[&a {deep}, {'[' * 31} *a {']' * 31}]") != []
    assert problems_in(f"a: &a {deep}\nb: {'[' * 33} *a {']' * 33}") == [
        "a.yaml:2:38: expected at most 64 levels, found one more; nest less deeply"
    ]


def test_aliases_are_counted_as_if_written_out() -> None:
    lines = ["a0: &a0 [" + "x, " * 9 + "x]"]
    lines += [f"a{i}: &a{i} [" + f"*a{i - 1}, " * 9 + f"*a{i - 1}]" for i in range(1, 30)]
    (problem,) = problems_in("\n".join(lines))
    assert problem == (
        "a.yaml:5:45: expected at most 100,000 values with every alias expanded, found more; "
        "use fewer aliases, or several files"
    )


def test_octets_of_aliases_are_counted_as_if_written_out() -> None:
    thousandfold = "a: &a !repeat [x, 1048576]\nb: [" + "*a, " * 63
    assert load_document(thousandfold + "]", file="a.yaml").data["b"][62] == "x" * 1048576
    (problem,) = problems_in(thousandfold + "*a]")
    assert problem.endswith(
        "expected at most 67,108,864 octets of literal values in all, found 68,157,440; make the values shorter"
    )


def test_text_is_limited_in_octets() -> None:
    head = "a: "
    assert load_document(head + "x" * (2**20 - len(head)), file="a.yaml").data["a"][0] == "x"
    assert problems_in(head + "é" * 2**19) == [
        "a.yaml: expected at most 1,048,576 octets of YAML, found more; use !repeat or !file for long values"
    ]


# Files


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document = load_file(path)
    assert document.data == {"a": 1, "b": 2}
    assert document.where(["b"]) == f"{path}:2:4"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "netstring.yaml").write_bytes(b"a: 1\nb: \xc3\xa9\xff\n")
    misspelt = tmp_path / "netstrnig.yaml"
    assert problems_of(lambda: load_file(misspelt)) == [
        f"{misspelt}: expected a YAML file, found no such file; did you mean 'netstring.yaml'?"
    ]
    assert problems_of(lambda: load_file(tmp_path / "no" / "such")) == [
        f"{tmp_path}/no/such: expected a YAML file, found no such file; check the path"
    ]
    assert problems_of(lambda: load_file(tmp_path)) == [
        f"{tmp_path}: expected a YAML file, found a folder; name a file in it"
    ]
    assert problems_of(lambda: load_file(tmp_path / "netstring.yaml" / "x")) == [
        f"{tmp_path}/netstring.yaml/x: expected a YAML file, found Not a directory; make sure that the file can be read"
    ]
    assert problems_of(lambda: load_file(tmp_path / "netstring.yaml")) == [
        f"{tmp_path}/netstring.yaml:2:5: expected UTF-8, found the octet ff; "
        "save the file as UTF-8, and write octets with !hex"
    ]


# Kinds


def test_a_document_of_the_kind_is_accepted() -> None:
    require_kind(load_document("shortread: spec/1\ntitle: x\n", file="a.yaml"), "spec", 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "1:1: expected 'shortread: spec/1' first, found an empty mapping; add it as the first line"),
        (
            "title: x",
            "1:1: expected 'shortread: spec/1' first, found the key 'title'; add it as the first line",
        ),
        (
            "\nshortraed: spec/1",
            "2:1: expected 'shortread: spec/1' first, found the key 'shortraed'; did you mean 'shortread'?",
        ),
        (
            "title: x\nshortread: spec/1",
            "1:1: expected 'shortread: spec/1' first, found the key 'title'; move it to the top",
        ),
        ("shortread: spec/2", "1:12: expected 'spec/1', found the text 'spec/2'; did you mean 'spec/1'?"),
        ("shortread: sepc/1", "1:12: expected 'spec/1', found the text 'sepc/1'; did you mean 'spec/1'?"),
        (
            "shortread: implementation/1",
            "1:12: expected 'spec/1', found the text 'implementation/1'; write 'shortread: spec/1'",
        ),
        ("shortread: 1", "1:12: expected 'spec/1', found the number 1; write 'shortread: spec/1'"),
    ],
)
def test_a_document_must_say_what_it_is(text: str, problem: str) -> None:
    document = load_document(text, file="a.yaml")
    assert problems_of(lambda: require_kind(document, "spec", 1)) == [f"a.yaml:{problem}"]
