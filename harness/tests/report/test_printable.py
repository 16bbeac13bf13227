"""Text that strangers wrote cannot steer a terminal, and never takes more room than there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from shortread.report.printable import elide, narrow, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("hello", "hello"),
        ("naïve €日本🎉", "naïve €日本🎉"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\n\tb\0", "a\\r\\n\\tb\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_steers_is_written_out(raw, shown):
    assert visible(raw) == shown


@given(ANY_TEXT)
def test_visible_text_is_visible_already_and_can_be_written(text):
    assert visible(visible(text)) == visible(text)
    visible(text).encode()


@given(ANY_TEXT, st.integers(1, 60))
def test_an_elided_text_fits(text, cells):
    assert cell_len(elide(text, cells)) <= cells


def test_an_elided_text_counts_what_is_missing():
    assert elide("x" * 1000, 30) == "xxxxxxxxx … 986 more … xxxxx"


@given(ANY_TEXT)
def test_narrow_text_has_one_column_for_each_character(text):
    assert cell_len(narrow(text)) == len(narrow(text))
