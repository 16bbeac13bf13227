"""Which programs are run against which spec."""

from __future__ import annotations

import pytest

from shortread.catalogue.table import CATALOGUE
from shortread.cli.serve_flawed import choose_program
from shortread.selftest.pairs import answering, pairs_of
from shortread.spec.library import spec_names, specs_folder


def test_every_mistake_that_can_be_made_once(codec_of) -> None:
    codec = codec_of("netstring")
    pairs = pairs_of("netstring", codec)
    assert [pair.code for pair in pairs] == [code for code, one in CATALOGUE.items() if one.programs(codec)]
    assert [pair.program.axes for pair in pairs] == [CATALOGUE[pair.code].programs(codec)[0].axes for pair in pairs]


def test_only_some_codes(codec_of) -> None:
    assert [pair.code for pair in pairs_of("netstring", codec_of("netstring"), ("SR201", "SR101"))] == [
        "SR101",
        "SR201",
    ]


@pytest.mark.parametrize("protocol", ["netstring", "fixed-16"])
def test_words_choose_the_program_that_is_meant(protocol, codec_of) -> None:
    pairs = pairs_of(protocol, codec_of(protocol), has_all_axes=True)
    assert len({pair.name for pair in pairs}) == len(pairs) > len(pairs_of(protocol, codec_of(protocol)))
    for pair in pairs[::5]:
        chosen = choose_program(CATALOGUE[pair.code], specs_folder() / f"{protocol}.yaml", pair.words)
        assert (chosen.code, chosen.axes) == (pair.code, pair.program.axes)


@pytest.mark.parametrize(
    ("protocol", "reply"), [("netstring", "echo"), ("blocks-u32", "transcript"), ("mqtt", "echo"), ("dns", "echo")]
)
def test_what_a_flawed_server_answers(protocol, reply, codec_of) -> None:
    assert answering(codec_of(protocol)).spec.reply == reply


@pytest.mark.parametrize("protocol", ["http1", "kafka"])
def test_a_request_cannot_be_sent_back_as_a_response(protocol, codec_of) -> None:
    assert answering(codec_of(protocol)) is None


def test_most_specs_have_flawed_servers(codec_of) -> None:
    assert sum(answering(codec_of(name)) is not None for name in spec_names()) > 0.75 * len(spec_names())
