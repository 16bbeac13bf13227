"""The text form of faults, there and back, and what is said of one that is wrong."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.errors import UsageError
from shortread.proxy.fault import Direction, Fault, parse_fault
from shortread.proxy.faults.cut import Cut
from shortread.proxy.faults.effect import Strike
from shortread.proxy.faults.latency import Latency
from shortread.proxy.faults.slice import Slice
from shortread.proxy.faults.table import EFFECTS
from shortread.proxy.placement import Place
from shortread.proxy.selection import ALL, Selection

SECONDS = st.integers(0, 10**7).map(lambda parts: parts / 10**4)
COUNTS = st.integers(0, 10**9)
SELECTIONS = st.sampled_from([ALL, Selection(first=3, last=3), Selection(first=10, step=10), Selection(percent=12.5)])
PLACES = st.builds(
    Place,
    after_octets=COUNTS,
    messages=SELECTIONS,
    field=st.sampled_from([None, "length", "text", "message"]),
) | st.builds(Place, after_octets=COUNTS)


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    kind = draw(st.sampled_from(list(EFFECTS.values())))
    values: dict[str, Any] = {
        field.name: draw(SECONDS if field.name.endswith("_seconds") else COUNTS) for field in fields(kind)
    }
    places = st.none()
    if issubclass(kind, Strike):
        places = PLACES if kind.needs_place else PLACES | st.none()
    return Fault(
        effect=kind(**values),
        place=draw(places),
        connections=draw(SELECTIONS),
        direction=draw(st.sampled_from([None, *Direction])),
    )


@given(faults())
def test_text_and_back(fault: Fault) -> None:
    assert parse_fault(str(fault)) == fault


def test_the_example_of_the_documentation() -> None:
    assert parse_fault("cut after 2 of length of message 3 of connection every-10 upstream") == Fault(
        effect=Cut(),
        place=Place(after_octets=2, field="length", messages=Selection(first=3, last=3)),
        connections=Selection(first=10, step=10),
        direction=Direction.UPSTREAM,
    )


def test_a_field_without_a_message_is_that_of_every_message() -> None:
    assert parse_fault("cut after 1 of length") == parse_fault("cut after 1 of length of message all")


def test_a_field_may_be_called_message() -> None:
    fault = parse_fault("cut after 1 of message of message 2")
    assert fault.place == Place(after_octets=1, field="message", messages=Selection(first=2, last=2))


def test_units() -> None:
    assert parse_fault("latency 250ms 0.1s").effect == Latency(delay_seconds=0.25, jitter_seconds=0.1)


def test_values_at_the_end_may_be_left_out() -> None:
    assert parse_fault("slice 10").effect == Slice(size_bytes=10)


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("", "one of the faults cut, pause,", "found nothing"),
        ("ctu after 1", "one of the faults cut, pause,", "did you mean"),
        ("cut", "a place for cut", "found none"),
        ("cut after", "how many octets, behind `after`", "found nothing"),
        ("cut after two", "how many octets, behind `after`", "found two"),
        ("pause after 1", "a time such as 500ms or 0.5s behind pause", "found after"),
        ("throttle 100", "a rate such as 64000B/s behind throttle", "found 100"),
        ("latency 1s after 1", "no place: latency changes everything", "`after 1`"),
        ("cut after 1 of connection none", "behind `of connection`", "found none"),
        ("cut after 1 sideways", "nothing more", "found sideways"),
        ("cut after 1 upstream of message 2", "nothing more", "found of message 2"),
    ],
)
def test_what_is_wrong_is_said(text: str, expected: str, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault(text)
    (problem,) = caught.value.problems
    assert problem.where == f"--fault {text!r}"
    assert expected in problem.expected
    assert found in str(problem)
    assert problem.remedy


@pytest.mark.parametrize("kind", EFFECTS)
def test_every_fault_is_documented(kind: str) -> None:
    module = __import__(EFFECTS[kind].__module__, fromlist=["__doc__"])
    sections = [line for line in module.__doc__.splitlines() if line.startswith("#")]
    assert sections == [f"# {kind}", "## What it does", "## What it finds", "## Cost"]
