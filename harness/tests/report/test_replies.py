"""Replies side by side."""

from __future__ import annotations

from rich.cells import cell_len

from shortread.report.replies import compare


def lines(expected, observed, width=80):
    return [row.plain for row in compare(expected, observed, width)]


def test_only_differing_replies_are_marked():
    assert lines(["'a'", "'b'", "'c'"], ["'a'", "'x'"]) == [
        "  expected       observed",
        "1 'a'            'a'",
        "2 'b'          ≠ 'x'",
        "3 'c'          ≠ (nothing)",
    ]


def test_the_first_difference_is_among_the_replies_shown():
    expected = [f"'{at}'" for at in range(100)]
    shown = lines(expected, [*expected[:50], "'wrong'", *expected[51:]])
    assert len(shown) == 11
    assert any("≠ 'wrong'" in line for line in shown)
    assert (shown[1], shown[-1]) == ("… 48 earlier", "… 44 later")


def test_a_difference_that_is_elided_is_put_into_words():
    shown = lines(["x" * 500], ["x" * 300 + "y" + "x" * 199])
    assert shown[-1].strip() == "from character 301 on; 500 expected, 500 observed"


def test_wide_characters_keep_the_columns_apart():
    rows = compare(["日本語の長い返事" * 9, "short"], ["日本語", "short"], 80)
    assert {cell_len(row.plain[: row.plain.index(after)]) for row, after in zip(rows[1:3:2], "≠", strict=False)} == {40}


def test_no_reply_at_all_is_said():
    assert lines([], []) == ["none expected, none observed"]
