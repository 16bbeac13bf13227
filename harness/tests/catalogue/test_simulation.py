"""What programs show on a simulated connection: the correct one the same however it is cut, flawed ones their flaw."""

from __future__ import annotations

import pytest

from shortread.catalogue.axes import Axes, Reading
from shortread.catalogue.program import correct_program
from shortread.catalogue.session import State
from shortread.catalogue.simulation import simulate
from shortread.catalogue.table import CATALOGUE
from shortread.schedule import parse_schedule

HELLO_FOO = b"\0\5hello\0\3foo"
"""Of text-u16."""


@pytest.fixture
def show(codec_of):
    """`show(code, schedule)` is what the first program with that mistake, and with the words, shows."""

    def run(code, schedule, *, protocol="text-u16", wire=HELLO_FOO, words=""):
        programs = CATALOGUE[code].programs(codec_of(protocol))
        program = next(one for one in programs if set(words.split()) <= set(one.axes.words))
        return simulate(program, wire, parse_schedule(schedule, stream_bytes=len(wire)))

    return run


ECHOED = {
    "text-u16": HELLO_FOO,
    "netstring": b"5:hello,3:foo,",
    "delimited-crlf": b"hello\r\nfoo\r\n",
    "digits-5": b"00005hello00003foo",
    "type-byte": b"\2\0\0\0\1\1",
    "fixed-16": b"0123456789abcdef" * 2,
}


@pytest.mark.parametrize("protocol", ECHOED)
@pytest.mark.parametrize("axes", [Axes(), Axes(reading=Reading.EXACT), Axes(read_bytes=3)], ids=str)
def test_a_correct_program_does_not_mind_the_cuts(protocol, axes, codec_of) -> None:
    wire = ECHOED[protocol]
    for cut in range(1, len(wire)):
        schedule = parse_schedule(f"send 0..{cut} read send {cut}..{len(wire)} await-reply")
        shown = simulate(correct_program(codec_of(protocol), axes), wire, schedule)
        assert (shown.received, shown.left_at, shown.state) == (wire, None, State.CLOSED)


def test_a_reply_is_there_when_it_is_due(codec_of) -> None:
    schedule = parse_schedule("send 0..9 await-reply send 9..12 await-reply")
    shown = simulate(correct_program(codec_of("text-u16")), HELLO_FOO, schedule)
    assert [wait.received_bytes for wait in shown.waits] == [7, 12]


def test_nothing_is_heard_after_a_close(show) -> None:
    assert show("SR301", "send 0..5 half-close").received == b"\0\3hel"
    assert show("SR301", "send 0..5 read close").received == b""


def test_octets_left_unread_are_told(show) -> None:
    assert show("SR101", "send 0..1 read send 1..12 await-reply").left_at == 1
    assert show("SR405", "send 0..4 await-reply", wire=b"\0\0\0\0", words="exact ends").has_unread


# One test for each mistake: the smallest delivery that shows it.

SHOWN = {
    "SR101": ("send 0..1 read send 1..7 await-reply", "exact closes", b"", State.CLOSED),
    "SR102": ("send 0..4 await-reply", "exact carries-on", b"\0\2he", State.CLOSED),
    "SR103": ("send 0..4 read send 4..12 await-reply", "dropped", b"", State.CLOSED),
    "SR104": ("send 0..1 read send 1..7 await-reply", "exact", b"", State.CLOSED),
    "SR107": ("send 0..4 await-reply", "exact carries-on", b"\0\2he", State.CLOSED),
    "SR108": ("send 0..4 read pause 1.2 send 4..7 await-reply", "carries-on", b"\0\2he", State.CLOSED),
    "SR109": ("send 0..4 read pause 1.2 send 4..7 await-reply", "", b"", State.CLOSED),
    "SR201": ("send 0..12 await-reply", "", b"\0\5hello", State.CLOSED),
    "SR202": ("send 0..12 await-reply", "", b"\0\x0ahello\0\3foo", State.CLOSED),
    "SR203": ("send 0..12 await-reply", "", b"\0\5hello", State.CLOSED),
    "SR205": ("send 0..12 await-reply", "one-less", b"\0\5hello", State.CLOSED),
    "SR206": ("send 0..7 await-reply", "", b"", State.CLOSED),
    "SR207": ("send 0..1 await-reply", "", b"\0", State.CLOSED),
    "SR301": ("send 0..5", "carries-on", b"\0\3hel", State.CLOSED),
    "SR302": ("send 0..7 await-reply", "", b"\0\5hello", State.SPINNING),
    "SR303": ("send 0..7 await-reply", "", b"\0\5hello", State.STUCK),
    "SR304": ("send 0..7 await-reply", "", b"\0\5hello\0\0", State.CLOSED),
    "SR305": ("send 0..5 reset", "", b"", State.DEAD),
    "SR306": ("send 0..7 half-close", "", b"", State.CLOSED),
    "SR307": ("send 0..12 half-close", "", b"\0\5hello", State.CLOSED),
    "SR402": ("send 0..7 await-reply", "", b"", State.CLOSED),
    "SR404": ("send 0..12 await-reply", "with-itself", b"\0\5hel", State.CLOSED),
    "SR502": ("send 0..7 await-reply", "", b"\0\5hello", State.CLOSED),
    "SR506": ("send 0..7 await-reply", "", b"hello", State.CLOSED),
}


@pytest.mark.parametrize("code", SHOWN)
def test_each_mistake_shows(code, show) -> None:
    schedule, words, received, state = SHOWN[code]
    shown = show(code, schedule, words=words)
    assert (shown.received, shown.state) == (received, state)


def test_a_delimiter_in_two_reads_is_missed(show) -> None:
    wire = b"hello\r\nfoo\r\n"
    schedule = "send 0..6 read send 6..7 await-reply send 7..12 await-reply"
    shown = show("SR105", schedule, protocol="delimited-crlf", wire=wire)
    assert [wait.received_bytes for wait in shown.waits] == [0, 12]


def test_a_character_in_two_reads_is_replaced(show) -> None:
    wire = b"\0\2\xc3\xa9"
    shown = show("SR106", "send 0..3 read send 3..4 await-reply", wire=wire, words="rubbish")
    assert shown.received == b"\0\6" + "��".encode()


def test_an_escape_in_two_reads_is_two_characters(show) -> None:
    shown = show("SR111", "send 0..2 read send 2..5 await-reply", protocol="delimited-escaped", wire=b"a\\nb\n")
    assert shown.received == b"a\\\\nb\n"


def test_a_line_end_in_the_middle_of_a_read_is_not_seen(show) -> None:
    shown = show("SR204", "send 0..4 await-reply", protocol="delimited-lf", wire=b"a\nb\n")
    assert shown.received.count(b"\n") == 2


def test_a_long_message_is_cut(show, codec_of) -> None:
    wire = codec_of("text-u16").build("x" * 300).wire
    shown = show("SR110", f"send 0..{len(wire)} await-reply", wire=wire, words="256 carries-on")
    assert shown.received == b"\1\0" + b"x" * 256
