"""What the tests of the ways of replying share: small specs, written where they are used, and their oracles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.judge.oracle import Oracle

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""

OracleOf = Callable[..., Oracle]


@pytest.fixture
def oracle_of(tmp_path: Path) -> OracleOf:
    """`oracle_of(spec, name)` is the oracle of one conversation of a spec."""

    def make(text: str, name: str = "ordinary/1") -> Oracle:
        (tmp_path / "acme.yaml").write_text(HEAD + text)
        codec = load_codec(tmp_path / "acme.yaml")
        return Oracle(codec, next(one for one in conversations_of(codec) if one.name == name))

    return make
