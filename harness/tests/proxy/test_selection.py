"""Which of many, as text and as a choice."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.proxy.selection import Selection, parse_selection

NUMBERS = st.integers(1, 10**9 - 1)
SELECTIONS = st.one_of(
    st.just(Selection()),
    NUMBERS.map(lambda number: Selection(first=number, last=number)),
    NUMBERS.map(lambda number: Selection(first=number)),
    st.tuples(NUMBERS, NUMBERS).map(lambda ends: Selection(first=min(ends), last=max(ends))),
    st.integers(2, 10**9 - 1).map(lambda step: Selection(first=step, step=step)),
    st.integers(0, 10**6).map(lambda parts: Selection(percent=parts / 10**4)),
)


@given(SELECTIONS)
def test_text_and_back(selection: Selection) -> None:
    assert parse_selection(str(selection)) == selection


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("all", [1, 2, 3, 4, 5, 6]),
        ("3", [3]),
        ("2..4", [2, 3, 4]),
        ("5..", [5, 6]),
        ("every-2", [2, 4, 6]),
        ("every-1", [1, 2, 3, 4, 5, 6]),
        ("100%", [1, 2, 3, 4, 5, 6]),
        ("0%", []),
    ],
)
def test_choice(text: str, chosen: list[int]) -> None:
    selection = parse_selection(text)
    assert selection is not None
    assert [number for number in range(1, 7) if selection.chooses(number, Random(0))] == chosen


@pytest.mark.parametrize("text", ["all", "3", "2..4", "every-2", "100%"])
def test_chance_is_asked_only_where_it_has_a_say(text: str) -> None:
    """Else one fault would change what is chosen for the next."""
    selection, random = parse_selection(text), Random(0)
    assert selection is not None
    for number in range(1, 7):
        selection.chooses(number, random)
    assert random.getstate() == Random(0).getstate()


def test_a_part_is_chosen_by_chance_and_the_same_every_time() -> None:
    selection = parse_selection("25%")
    assert selection is not None
    first, again, other = (
        [number for number in range(1, 1001) if selection.chooses(number, Random(f"{seed}/{number}"))]
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert 200 < len(first) < 300


@pytest.mark.parametrize("text", ["", "0", "3..2", "every-0", "every-", "101%", "-1", "1..2..3", "٣", "1.5", "%"])
def test_what_is_no_selection(text: str) -> None:
    assert parse_selection(text) is None
