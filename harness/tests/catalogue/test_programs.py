"""Which programs there are for which spec: never an error, and always a reason where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shortread.catalogue.axes import Axes
from shortread.catalogue.program import Program, both, correct_program
from shortread.catalogue.table import CATALOGUE
from shortread.spec.library import spec_names

COMMON = (
    "text-u16 request-reply-close json-header fixed-16 type-byte "
    "digits-5 netstring delimited-lf delimited-crlf delimited-escaped http-like"
)
"""Specs of every shape of framing; together every executable mistake can be made with one of them."""


@pytest.mark.parametrize("protocol", spec_names())
def test_every_mistake_has_programs_or_a_reason(protocol, codec_of) -> None:
    codec = codec_of(protocol)
    for mistake in CATALOGUE.values():
        reason = mistake.why_not_with(codec)
        assert bool(mistake.programs(codec)) == (reason is None), mistake.code
        # It stands behind "NAME, which ".
        assert reason is None or (reason[0].islower() and not reason.endswith(".")), mistake.code


@pytest.mark.parametrize("code", [code for code, mistake in CATALOGUE.items() if mistake.why_no_program is None])
def test_it_can_be_made_with_a_common_spec(code, codec_of) -> None:
    assert any(CATALOGUE[code].programs(codec_of(protocol)) for protocol in COMMON.split())


@pytest.mark.parametrize("protocol", ["text-u16", "delimited-crlf"])
def test_programs_of_a_mistake_have_different_words(protocol, codec_of) -> None:
    for mistake in CATALOGUE.values():
        words = [str(program.axes) for program in mistake.programs(codec_of(protocol))]
        assert len(set(words)) == len(words), mistake.code


def first_of(code: str, codec, words: str = "") -> Program:
    return next(one for one in CATALOGUE[code].programs(codec) if set(words.split()) <= set(one.axes.words))


def test_two_mistakes_in_one_program(codec_of) -> None:
    codec = codec_of("text-u16")
    header, spin = (first_of(code, codec) for code in ("SR101", "SR302"))
    pair = both(header, spin)
    assert pair is not None
    assert (pair.code, pair.loop, pair.session) == (None, header.loop, spin.session)
    assert both(header, header) == replace(header, code=None)


def test_of_two_mistakes_in_the_same_place_the_first_is_asked_first(codec_of) -> None:
    header, body = (first_of(code, codec_of("text-u16")) for code in ("SR101", "SR102"))
    pair = both(header, body)
    assert pair is not None
    assert pair.loop.__mro__[1:3] == (header.loop, body.loop)
    assert both(header, body) == pair


def test_a_mix_has_its_own_answers(codec_of) -> None:
    """What is answered is remembered, but not by somebody who answers otherwise."""
    header, bare = (first_of(code, codec_of("text-u16")) for code in ("SR101", "SR506"))
    pair = both(header, bare)
    assert pair is not None
    said = [program.open().read(b"\0\5hello") for program in (header, pair, header)]
    assert said == [b"\0\5hello", b"hello", b"\0\5hello"]


def test_what_does_not_go_together(codec_of) -> None:
    codec = codec_of("text-u16")
    ways = [first_of("SR101", codec, words) for words in ("exact", "buffer-65536")]
    assert both(ways[0], first_of("SR102", codec, "buffer-65536")) is None
    assert both(ways[1], first_of("SR102", codec, "buffer-65536")) is not None
    assert both(ways[1], first_of("SR402", codec)) is None
    assert both(first_of("SR205", codec, "one-less"), first_of("SR205", codec, "one-more")) is None


def test_the_correct_program_has_no_code(codec_of) -> None:
    program = correct_program(codec_of("netstring"), Axes(read_bytes=1024))
    assert program.code is None
    assert program.axes.read_bytes == 1024
