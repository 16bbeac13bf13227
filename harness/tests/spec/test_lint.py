"""What the rules object to, word for word: a place, what was expected, what was found, and what to do."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load_codec
from shortread.errors import UsageError

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: https://example.org
reply: echo
messages: [hello]
"""
"""The first six lines of every spec here; what a test adds starts in line 7."""


def problems_of(folder, text):
    """The problems of a spec, each as `line:column: sentence`."""
    path = folder / "acme.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(UsageError) as refused:
        load_codec(path)
    return [str(problem).removeprefix(f"{path}:") for problem in refused.value.problems]


def objection(rule, text, *problems):
    return pytest.param(text, list(problems), id=rule)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        objection(
            "names are unique",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u8, counts: [data]}\n"
            "  - data: {bytes: 4}\n"
            "  - data: {bytes: counted}\n",
            "11:11: expected a name of its own for each field, found a second field 'data'; rename one of them",
        ),
        objection(
            "content has a name",
            "message: data\n"
            "frame:\n"
            "  - {bytes: counted}\n"
            "  - data: {bytes: 4}\n",
            "9:5: expected a name before the field, found none; write for example: - body: {bytes: counted}",
        ),
        objection(
            "counts names fields",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u8, counts: [dta]}\n"
            "  - data: {bytes: 5}\n",
            "9:34: expected the names of fields of this frame: length, data, found 'dta'; did you mean 'data'?",
        ),
        objection(
            "counts names nothing similar",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u8, counts: [zzz]}\n"
            "  - data: {bytes: 5}\n",
            "9:34: expected the names of fields of this frame: length, data, found 'zzz'; name a field of this frame",
        ),
        objection(
            "counts names a field once",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u8, counts: [data, data]}\n"
            "  - data: {bytes: counted}\n",
            "9:34: expected each field counted once, found 'data' counted 2 times; write 'data' once",
        ),
        objection(
            "counts names itself once",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u8, counts: [length, data, length]}\n"
            "  - data: {bytes: counted}\n",
            "9:34: expected each field counted once, found itself counted 2 times; write 'length' once",
        ),
        objection(
            "counted is counted",
            "message: data\n"
            "frame:\n"
            "  - data: {bytes: counted}\n",
            "9:11: expected one number before 'data' that counts it, found none; "
            "add counts: [data] to such a number",
        ),
        objection(
            "counted is counted before it comes",
            "message: data\n"
            "frame:\n"
            "  - data: {text: counted}\n"
            "  - length: {number: u8, counts: [data]}\n",
            "9:11: expected one number before 'data' that counts it, found none; "
            "add counts: [data] to such a number",
        ),
        objection(
            "counted is counted once",
            "message: data\n"
            "frame:\n"
            "  - short: {number: u8, counts: [data]}\n"
            "  - long: {number: u16be, counts: [data]}\n"
            "  - data: {bytes: counted}\n",
            "11:11: expected one number before 'data' that counts it, found 'short' and 'long'; "
            "let only one of them count it",
        ),
        objection(
            "one unknown per count, not two",
            "message: [data, more]\n"
            "frame:\n"
            "  - length: {number: u8, counts: [data, more]}\n"
            "  - data: {bytes: counted}\n"
            "  - more: {bytes: counted}\n",
            "9:34: expected exactly one field of counted size among those that it counts, found 'data', 'more'; "
            "give one field the size `counted`, and every other a size of its own",
        ),
        objection(
            "one unknown per count, not none",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u8, counts: all}\n"
            "  - data: {bytes: 5}\n",
            "9:34: expected exactly one field of counted size among those that it counts, found none; "
            "give one field the size `counted`, and every other a size of its own",
        ),
        objection(
            "what is counted behind the unknown has a fixed size",
            "message: [data, line]\n"
            "frame:\n"
            "  - length: {number: u8, counts: [data, line]}\n"
            "  - data: {bytes: counted}\n"
            "  - line: {bytes: {until: ';'}, max: 10}\n",
            "9:34: expected only fields of fixed size behind 'data', found 'line'; "
            "do not count 'line', or put it before 'data'",
        ),
        objection(
            "delimiters are bounded",
            "message: line\n"
            "frame:\n"
            "  - line: {text: {until: ';'}}\n",
            "9:11: expected max, the most octets before the delimiter, found a field without a bound; "
            "add for example max: 1024",
        ),
        objection(
            "delimiters are bounded in the one-line form",
            "frame: {delimiter: ';'}\n",
            "7:8: expected max, the most octets before the delimiter, found a field without a bound; "
            "add for example max: 1024",
        ),
        objection(
            "digits end",
            "message: data\n"
            "frame:\n"
            "  - length: {number: digits, max_digits: 3, counts: [data]}\n"
            "  - data: {bytes: counted}\n",
            "9:13: expected a constant behind the digits that tells where they end, or a width, found neither; "
            "add width: 5, or a line such as - ':' behind the field",
        ),
        objection(
            "digits end at what is none",
            "message: data\n"
            "frame:\n"
            "  - length: {number: hex-digits, max_digits: 3, counts: [data]}\n"
            "  - a\n"
            "  - data: {bytes: counted}\n",
            "9:13: expected a constant behind the digits that tells where they end, or a width, "
            'found the constant "a"; add width: 5, or a line such as - \':\' behind the field',
        ),
        objection(
            "digits are bounded",
            "message: data\n"
            "frame:\n"
            "  - length: {number: digits, counts: [data]}\n"
            "  - ':'\n"
            "  - data: {bytes: counted}\n",
            "9:13: expected max_digits, the most digits there may be, found digits without a bound; "
            "add for example max_digits: 9",
        ),
        objection(
            "a binary number has no digits",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u16be, counts: [data], max_digits: 5}\n"
            "  - data: {bytes: counted}\n",
            "9:57: expected no max_digits for the number u16be, which is not in digits, found max_digits: 5; "
            "remove it, or write the number in digits",
        ),
        objection(
            "a binary number has no width",
            "message: data\n"
            "frame:\n"
            "  - length: {number: u16be, counts: [data], width: 5}\n"
            "  - data: {bytes: counted}\n",
            "9:52: expected no width for the number u16be, which is not in digits, found width: 5; "
            "remove it, or write the number in digits",
        ),
        objection(
            "message names a field",
            "message: dta\n"
            "frame:\n"
            "  - data: {bytes: 5}\n",
            "7:10: expected message: the field that the application sees, one of data, found 'dta'; "
            "did you mean 'data'?",
        ),
        objection(
            "messages say everything",
            "message: data\n"
            "frame:\n"
            "  - kind: {number: u8}\n"
            "  - data: {bytes: 5}\n",
            "9:11: expected 'kind' among the fields of message, or a number that counts something, "
            "found a field that nothing gives a value; add 'kind' to message, or make it a constant",
        ),
        objection(
            "a constant says nothing",
            "message: [magic, data]\n"
            "frame:\n"
            "  - magic: {const: ACME}\n"
            "  - data: {bytes: 5}\n",
            "7:10: expected message: the field that the application sees, one of data, found 'magic'; "
            "write for example message: data",
        ),
        objection(
            "a number has values",
            "message: [a, b, c, d]\n"
            "frame:\n"
            "  - a: {number: u8, min: 5, max: 4}\n"
            "  - b: {number: u8, min: 256}\n"
            "  - c: {number: i16be, max: -32769}\n"
            "  - d: {number: u16be, one_of: [1, 9, 10], max: 9}\n",
            "9:26: expected a min that is not above the max of 4, found 5; exchange them, or change one",
            "10:26: expected a limit within 0 to 255, which is what u8 can say, found 256; "
            "change min, or widen the number",
            "11:29: expected a limit within -32768 to 32767, which is what i16be can say, found -32769; "
            "change max, or widen the number",
            "12:32: expected values within 0 to 9, found 10; remove it, or change the limits",
        ),
        objection(
            "numbers are no longer than numbers are",
            "message: [a, b, c]\n"
            "frame:\n"
            "  - a: {number: digits, width: 1001}\n"
            "  - b: {number: leb128, max_bytes: 1001}\n"
            "  - bits: {c: 1032}\n",
            "9:32: expected at most 1,000, found 1001; what is as long as that is no number; write it as bytes",
            "10:36: expected at most 1,000, found 1001; what is as long as that is no number; write it as bytes",
            "11:11: expected a multiple of 8 bits in all, at most 1,024, found 1032; write them as bytes",
        ),
        objection(
            "a message has each field once",
            "message: [data, data]\n"
            "frame:\n"
            "  - data: {bytes: 5}\n",
            "7:10: expected each field once, found 'data' 2 times; write 'data' once",
        ),
        objection(
            "frames have room for what is fixed",
            "max_frame_bytes: 8\n"
            "frame:\n"
            "  - MAGIC\n"
            "  - number: {number: u16be}\n"
            "  - data: {bytes: 2}\n",
            "11:11: expected fields of at most 8 octets, which is max_frame_bytes, "
            "found 9 octets up to the end of this one; make max_frame_bytes larger, or the field smaller",
        ),
        objection(
            "peers have what is asked",
            "directions:\n"
            "  client:\n"
            "    phases:\n"
            "      say: {frame: [{kind: {number: u8}}], next: {raw: peer.rply == 1}}\n"
            "      raw: {frame: raw}\n"
            "  server: [{reply: {number: u8}}, {check: peer.reply == 1}]\n",
            "10:56: expected a field of the other side: reply, found 'peer.rply'; did you mean 'reply'?",
            "12:11: expected a field of the other side: kind, octet, found 'peer.reply'; name a field of its frames",
        ),
        objection(
            "fields come before their use",
            "types:\n"
            "  inner: [{value: {choice: kind, cases: {1: u8}}}, {kind: {number: u8}}]\n"
            "frame:\n"
            "  - inner: {type: inner}\n"
            "  - check: 1 == 1\n"
            "    at: knd\n"
            "  - data: {bytes: 5, via: [{xor: key}]}\n"
            "  - sum: {checksum: crc32, number: u32be, over: [key]}\n"
            "  - key: {bytes: 4}\n",
            "8:28: expected a field before it: there is none, found 'kind'; name a field that stands before it",
            "12:9: expected a field before it: inner, found 'knd'; name a field that stands before it",
            "13:27: expected a field before it: inner, found 'key'; name a field that stands before it",
            "14:49: expected a field before it: data, inner, found 'key'; name a field that stands before it",
        ),
        objection(
            "sizes and numbers of items come before their use, whichever way leads there",
            "types:\n"
            "  body: [{data: {bytes: counted}}]\n"
            "  list: [{items: {repeat: u8, count: counted, max: 9}}]\n"
            "frame:\n"
            "  - kind: {number: u8}\n"
            "  - size: {number: u8, counts: [data]}\n"
            "  - first: {type: body}\n"
            "  - second: {choice: kind, cases: {1: [{other: {number: u8, counts: [data]}}, {body: {type: body}}]}}\n"
            "  - list: {type: list}\n",
            "8:17: expected a number before 'data', the same on every way there, with counts, found none; "
            "add counts: [data] to such a number",
            "9:18: expected a number before 'items', the same on every way there, with count_of, found none; "
            "add count_of: items to such a number",
        ),
        objection(
            "nothing is behind the rest, not even a checksum in octets that are parsed again",
            "types:\n"
            "  checked: [{data: {bytes: rest}}, {sum: {checksum: crc16-x25, number: u16le, over: [data]}}]\n"
            "frame:\n"
            "  - packet: {bytes: {until: !hex 7e}, max: 99, via: [hdlc], as: checked}\n",
            "8:20: expected `rest` only in the last field, found fields behind 'data'; "
            "give the field a size, or put it last",
        ),
        objection(
            "a frame is no number",
            "frame: u8\n",
            "7:8: expected the name of a type: the spec has none, found 'u8'; add it below types",
        ),
    ],
)  # fmt: skip
def test_objection(tmp_path, text, problems):
    assert problems_of(tmp_path, text) == problems


def test_all_objections_are_told_in_the_order_of_the_file(tmp_path):
    text = (
        "message: data\n"
        "frame:\n"
        "  - kind: {number: u8, width: 3}\n"
        "  - length: {number: digits, counts: [data, kid]}\n"
        "  - data: {bytes: counted}\n"
        "  - line: {bytes: {until: ';'}}\n"
    )
    assert [problem.partition(", found ")[0] for problem in problems_of(tmp_path, text)] == [
        "9:11: expected 'kind' among the fields of message, or a number that counts something",
        "9:31: expected no width for the number u8, which is not in digits",
        "10:13: expected a constant behind the digits that tells where they end, or a width",
        "10:13: expected max_digits, the most digits there may be",
        "10:38: expected the names of fields of this frame: kind, length, data, line",
        "12:11: expected max, the most octets before the delimiter",
        "12:11: expected 'line' among the fields of message, or a number that counts something",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("frame: {prefix: u32le, max: 9}\n", id="prefix"),
        pytest.param("frame: {delimiter: ';', max: 9}\n", id="delimiter"),
        pytest.param("frame: {fixed: 5}\n", id="fixed"),
        pytest.param(
            "frame: [{size: {number: digits, width: 3, counts: all}}, {body: {bytes: counted}}]\n",
            id="digits of fixed width need no constant behind",
        ),
        pytest.param(
            "frame: [MAGIC, {size: {number: u8, counts: [body, end]}}, {body: {bytes: counted}}, {end: {const: E}}]\n",
            id="constants need no name and are counted by theirs",
        ),
    ],
)
def test_a_sound_frame_meets_no_objection(tmp_path, text):
    path = tmp_path / "acme.yaml"
    path.write_text(HEAD + text)
    assert load_codec(path).build("hello").message == b"hello"


@pytest.mark.parametrize(
    ("item", "is_fine"),
    [
        ("u8", True),
        ("nothing", False),
        ("[{data: {bytes: 1}}]", True),
        ('[{line: {bytes: {until: "\\n"}, max: 9}}]', True),
        ('[{line: {bytes: {until: "\\n"}, max: 9, eof: ends}}]', False),
        ("[{check: 'count == 1'}]", False),
        ("[{inner: {choice: count, cases: {1: u8, 2: u16be}}}]", True),
        ("[{inner: {choice: count, cases: {1: u8}, else: nothing}}]", False),
        ("[{inner: {type: itself}}]", False),
    ],
)
def test_every_item_takes_an_octet(item, is_fine, tmp_path):
    text = (
        "types:\n"
        "  itself: [{again: {repeat: itself, count: 1, max: 1}}]\n"
        "frame:\n"
        "  - count: {number: u8, count_of: items}\n"
        f"  - items: {{repeat: {item}, count: counted, max: 9}}\n"
    )
    refused_lines = {
        problem.split(":")[0] for problem in problems_of(tmp_path, text) if "at least one octet" in problem
    }
    assert refused_lines == ({"8"} if is_fine else {"8", "11"})
