"""Replies held against each other, and side by side in the terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from shortread.report.replies import compare
from shortread.report.reply_table import render_replies


def lines(expected, observed, width=80):
    return [row.plain for row in render_replies(expected, observed, width)]


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


def test_of_many_replies_those_around_the_first_difference_are_shown():
    replies = compare([f"{at}" for at in range(100)], [f"{at}" for at in range(50)], 16)
    assert (replies.earlier, len(replies.rows), replies.later) == (48, 16, 36)
    assert [reply.is_equal for reply in replies.rows] == [True] * 2 + [False] * 14


@pytest.mark.parametrize(
    ("count", "first_difference", "shown"),
    [
        (9, 8, (0, 9, 0)),
        (10, 0, (0, 9, 1)),
        (10, 2, (0, 9, 1)),
        (10, 3, (1, 8, 1)),
        (10, 9, (2, 8, 0)),
        (0, 0, (0, 0, 0)),
    ],
)
def test_the_window_lies_inside_the_replies(count, first_difference, shown):
    replies = compare(["same"] * count, ["same"] * first_difference, 8)
    assert (replies.earlier, len(replies.rows), replies.later) == shown
    assert [reply.number for reply in replies.rows] == list(range(shown[0] + 1, count - shown[2] + 1))


def test_a_difference_that_is_elided_is_put_into_words():
    shown = lines(["x" * 500], ["x" * 300 + "y" + "x" * 199])
    assert shown[-1].strip() == "from character 301 on; 500 expected, 500 observed"


def test_a_difference_that_can_be_seen_is_not_put_into_words():
    (reply,) = compare(["x" * 10], ["x" * 6], 8).rows
    assert reply.elided(9).remark == "from character 7 on; 10 expected, 6 observed"
    assert reply.elided(10).remark == ""


def test_wide_characters_keep_the_columns_apart():
    rows = render_replies(["日本語の長い返事" * 9, "short"], ["日本語", "short"], 80)
    assert {cell_len(row.plain[: row.plain.index(after)]) for row, after in zip(rows[1:3:2], "≠", strict=False)} == {40}


def test_no_reply_at_all_is_said():
    assert lines([], []) == ["none expected, none observed"]
