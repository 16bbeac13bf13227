"""What an implementation writes down: three forms, and what each of them makes of rubbish."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.evidence import Ending, Evidence
from shortread.judge.oracle import Oracle
from shortread.judge.replies.transcript import Form, read_transcript
from shortread.judge.verdict import judge
from shortread.results import Status, Symptom
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Kind, Stream


def messages(written: bytes, form: Form) -> list[Any]:
    frames, violation = read_transcript(written, form)
    assert violation is None
    return [frame.message for frame in frames]


# Lines


@given(st.lists(st.binary().filter(lambda line: b"\n" not in line and not line.endswith(b"\r"))))
def test_each_line_is_a_message(lines: list[bytes]) -> None:
    assert messages(b"".join(line + b"\n" for line in lines), "lines") == lines


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"", []),
        (b"one", []),
        (b"one\ntw", [b"one"]),
        (b"one\r\ntwo\r\n", [b"one", b"two"]),
        (b"\n\n", [b"", b""]),
        (b"a\x0bb\x85c\n", [b"a\x0bb\x85c"]),
    ],
)
def test_only_a_line_end_ends_a_line(written: bytes, expected: list[bytes]) -> None:
    assert messages(written, "lines") == expected


# Lines of JSON


@given(st.lists(st.text() | st.integers() | st.none() | st.booleans() | st.dictionaries(st.text(), st.text())))
def test_json_says_any_value_and_its_text_stands_for_octets(values: list[Any]) -> None:
    def in_octets(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: in_octets(item) for name, item in value.items()}
        return value.encode(errors="surrogatepass") if isinstance(value, str) else value

    written = "".join(json.dumps({"message": value}) + "\n" for value in values).encode()
    assert messages(written, "json-lines") == list(map(in_octets, values))


@given(st.binary())
def test_json_says_octets_in_hexadecimal(octets: bytes) -> None:
    assert messages(json.dumps({"hex": octets.hex()}).encode() + b"\n", "json-lines") == [octets]


def test_json_says_lists_and_what_is_in_them() -> None:
    written = b'{"message": ["a", {"b": [1, "c"]}]}\n'
    assert messages(written, "json-lines") == [(b"a", {"b": (1, b"c")})]


RUBBISH = [
    b"listening on port 80",
    b"",
    b"{",
    b"[1, 2]",
    b'"message"',
    b"null",
    b'{"error": "too long"}',
    b'{"end": true}',
    b'{"hex": "0g"}',
    b'{"hex": 5}',
    b"\xff\xfe{",
    b"[" * 100_000,
]


@pytest.mark.parametrize("line", RUBBISH, ids=[line[:20].decode("latin-1") for line in RUBBISH])
def test_what_is_no_message_is_passed_over(line: bytes) -> None:
    written = b'{"message": "a"}\n' + line + b'\n{"message": "b"}\n'
    assert messages(written, "json-lines") == [b"a", b"b"]


# Patterns


@pytest.mark.parametrize(
    ("group", "written", "message"),
    [
        ("text", b"hello, world", b"hello, world"),
        ("text", b"not \xff UTF-8", b"not \xff UTF-8"),
        ("text", "grüße".encode(), "grüße".encode()),
        ("hex", b"00 ff 68", b"\x00\xffh"),
        ("hex", b"0x00", b"0x00"),
        ("repr", b"b'\\x00a'", b"\x00a"),
        ("repr", b"'gr\\xfc\\u00dfe'", "grüße".encode()),
        ("repr", b"plain", b"plain"),
        ("repr", b"'unfinished", b"'unfinished"),
        ("base64", base64.b64encode(b"\x00\xff"), b"\x00\xff"),
        ("base64", b"no base64!", b"no base64!"),
    ],
)
def test_a_pattern_says_how_its_group_is_written(group: str, written: bytes, message: bytes) -> None:
    form = re.compile(rf"got <(?P<{group}>.*)>")
    assert messages(b"log: got <" + written + b"> at last\n", form) == [message]


@pytest.mark.parametrize("literal", [b"5", b"999999999999", b"[1, 2]", b"None", b"{'a': 1}", b"1.5", b"(" * 10_000])
def test_a_literal_of_anything_but_text_or_octets_stands_for_itself(literal: bytes) -> None:
    assert messages(b"<" + literal + b">", re.compile("<(?P<repr>.*)>")) == [literal]


def test_a_pattern_finds_messages_anywhere() -> None:
    form = re.compile(r"\[(?P<text>\w+)\]|\{(?P<hex>\w+)\}")
    assert messages(b"[a] and {62}, [c]\n[d", form) == [b"a", b"b", b"c"]


# What follows from a transcript


@pytest.fixture(scope="module")
def codec() -> FrameCodec:
    return load_codec(specs_folder() / "netstring.yaml")


@pytest.fixture
def verdict_of(codec: FrameCodec) -> Callable[..., Any]:
    """`verdict_of(written)` judges what was written down of hello and foo."""
    stream = Stream(frames=(codec.build("hello"), codec.build("foo")))
    conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream)
    oracle = Oracle(codec, conversation, transcript="lines")

    def make(written: bytes, **keys: Any) -> Any:
        evidence = {"sent_bytes": 14, "boundaries": (), "waits": (), "ending": Ending.CLOSED}
        return judge(Evidence(received=written, **{**evidence, **keys}), oracle)

    return make


def test_every_message_written_down_once_and_in_order_passes(verdict_of: Callable[..., Any]) -> None:
    assert verdict_of(b"hello\nfoo\n").status is Status.PASS


@pytest.mark.parametrize(
    ("written", "symptom"),
    [
        (b"", Symptom.MISSING_REPLY),
        (b"hello\n", Symptom.MISSING_REPLY),
        (b"hello\nfoo", Symptom.MISSING_REPLY),
        (b"foo\nhello\n", Symptom.WRONG_REPLY),
        (b"hel\nlo\nfoo\n", Symptom.WRONG_REPLY),
        (b"hello\nfoo\nfoo\n", Symptom.EXTRA_REPLY),
        (b"hello\nhello\nfoo\n", Symptom.WRONG_REPLY),
    ],
    ids=["nothing", "missing", "unfinished", "order", "split", "repeated at the end", "repeated"],
)
def test_a_transcript_that_is_wrong(written: bytes, symptom: Symptom, verdict_of: Callable[..., Any]) -> None:
    verdict = verdict_of(written)
    assert (verdict.status, verdict.replies.symptom, verdict.ending) == (Status.FAIL, symptom, None)


def test_an_unfinished_message_must_not_be_written_down(verdict_of: Callable[..., Any]) -> None:
    assert verdict_of(b"hello\n", sent_bytes=11).status is Status.PASS
    assert verdict_of(b"hello\nfo\n", sent_bytes=11).replies.symptom is Symptom.EXTRA_REPLY


def test_a_literal_in_a_transcript_runs_nothing(tmp_path: Path) -> None:
    written = f"<__import__('pathlib').Path({str(tmp_path / 'made')!r}).touch()>".encode()
    (message,) = messages(written, re.compile("<(?P<repr>.*)>"))
    assert message == written[1:-1]
    assert not (tmp_path / "made").exists()
