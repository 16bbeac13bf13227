"""Which trials are run: the expressions of -k, what they choose, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.cli.selection import parse_selection
from shortread.errors import UsageError

Command = Callable[..., Any]
Server = Callable[..., str]

NAMES = ["netstring", "every-cut", "ordinary/1", "held"]
WORDS = st.sampled_from(["net", "every", "cut", "ordinary", "held", "close", "STRING", "/1", "x"])
EXPRESSIONS = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]}) and ({both[1]})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]}) or ({both[1]})"),
    ),
    max_leaves=8,
)
SOME_NAMES = st.lists(st.sampled_from(NAMES), max_size=4)


def is_chosen(expression: str, names: list[str]) -> bool:
    return parse_selection(expression)(names)


# What an expression means


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("netstring", True),
        ("NetString", True),
        ("string", True),
        ("close", False),
        ("not close", True),
        ("not not close", False),
        ("netstring and close", False),
        ("netstring or close", True),
        ("close or netstring and held", True),
        ("(close or netstring) and close", False),
        ("not close and held", True),
        ("not (netstring or close)", False),
        ("((held))", True),
        ("held and(netstring)", True),
        ("ordinary/1", True),
        ("notable", False),
        ("  held  ", True),
    ],
)
def test_words_are_parts_of_names_and_and_binds_before_or(expression: str, expected: bool) -> None:
    assert is_chosen(expression, NAMES) is expected


@given(first=EXPRESSIONS, second=EXPRESSIONS, names=SOME_NAMES)
def test_the_laws_of_de_morgan_hold(first: str, second: str, names: list[str]) -> None:
    assert is_chosen(f"not (({first}) and ({second}))", names) == is_chosen(f"not ({first}) or not ({second})", names)
    assert is_chosen(f"not (({first}) or ({second}))", names) == is_chosen(f"not ({first}) and not ({second})", names)


@given(first=EXPRESSIONS, second=EXPRESSIONS, names=SOME_NAMES)
def test_and_or_and_not_mean_what_they_say(first: str, second: str, names: list[str]) -> None:
    one, other = is_chosen(first, names), is_chosen(second, names)
    assert is_chosen(f"({first}) and ({second})", names) == (one and other)
    assert is_chosen(f"({first}) or ({second})", names) == (one or other)
    assert is_chosen(f"not ({first})", names) == (not one)


@given(first=WORDS, second=WORDS, third=WORDS, names=SOME_NAMES)
def test_and_binds_more_tightly_than_or(first: str, second: str, third: str, names: list[str]) -> None:
    assert is_chosen(f"{first} or {second} and {third}", names) == is_chosen(
        f"{first} or ({second} and {third})", names
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("", "the end"),
        ("   ", "the end"),
        ("held and", "the end"),
        ("and held", "and"),
        ("held or or close", "or"),
        ("not", "the end"),
        ("(held", "a parenthesis that is not closed"),
        ("(held close)", "a parenthesis that is not closed"),
        ("held)", ")"),
        ("held close", "close"),
        ("()", ")"),
    ],
)
def test_an_expression_that_is_none(expression: str, found: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_selection(expression)
    assert str(refused.value) == (
        f"-k: expected words with and, or, not and parentheses between them, found {found} in {expression!r}; "
        'write for example: -k "netstring and (held or every-cut)"'
    )


# What it chooses


@pytest.fixture
def families(in_process: Command) -> Callable[..., set[tuple[str, str]]]:
    """`families(expression, *targets)` are the names and faults that were tried."""

    def check(expression: str, *targets: str) -> set[tuple[str, str]]:
        in_process("check", "-k", expression, *targets, "--report", "json=results.json")
        runs = json.loads(Path("results.json").read_text())["runs"]
        return {(counts["conversation"], counts["fault"]) for run in runs for counts in run["by"]}

    return check


def test_a_fault_is_chosen_by_its_name(families: Callable[..., set[tuple[str, str]]], echo: str) -> None:
    assert families("held and ordinary/2", echo) == {("ordinary/2", "held")}


def test_what_is_not_chosen_is_everything_else(families: Callable[..., set[tuple[str, str]]], echo: str) -> None:
    chosen, others = families("whole or close", echo), families("not (whole or close)", echo)
    assert chosen
    assert others
    assert chosen & others == set()
    assert chosen | others == families("tiny", echo)


def test_an_implementation_is_chosen_by_its_name_or_where_it_is(in_process: Command, echo: str, flawed: str) -> None:
    ended = in_process("check", echo, flawed, "-k", "echo and whole and ordinary")
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output.endswith("1 run: 1 conforming\n")
    assert "flawed" not in ended.output


def test_findings_that_were_expected_of_other_trials_are_not_missed(
    in_process: Command, server: Server, flawed_source: str
) -> None:
    flawed = server(flawed_source, name="flawed", expect=["SR207"])
    assert in_process("check", flawed, "-k", "ordinary").status == 0
    assert in_process("check", flawed, "-k", "whole and ordinary").status == 0


def test_nothing_is_run_where_nothing_is_chosen(in_process: Command, echo: str, flawed: str) -> None:
    ended = in_process("check", echo, flawed, "-k", "no-such-fault", "--report", "json=results.json")
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors == (
        "shortread: -k: expected words that are in the names of implementations, specs, conversations or faults, "
        "found an expression that selects nothing; leave a part of it out\n"
    )
    assert not Path("results.json").exists()


def test_what_is_wrong_with_an_expression_is_said_before_anything_is_started(
    in_process: Command, server: Server
) -> None:
    target = server(command=["sh", "-c", "touch started"])
    ended = in_process("check", target, "-k", "held and")
    assert ended.status == 2
    assert ended.errors.startswith("shortread: -k: expected words with and, or, not")
    assert not (Path(target) / "started").exists()
