"""When evidence is what a program would have shown, and when it cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shortread.catalogue.session import State
from shortread.catalogue.simulation import Shown, ShownWait
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.judge.diagnosis.agreement import agrees

SHOWN = Shown(
    waits=(ShownWait(sent_bytes=7, received_bytes=7),),
    received=b"\0\5hello",
    left_at=None,
    has_unread=False,
    state=State.CLOSED,
)
SETTLED = Wait(sent_bytes=7, received_bytes=7, outcome=WaitOutcome.ANSWERED, is_settled=True)
EVIDENCE = Evidence(sent_bytes=7, boundaries=(), waits=(SETTLED,), received=b"\0\5hello", ending=Ending.CLOSED)
LEFT = replace(SHOWN, waits=(), left_at=7)


def test_the_same() -> None:
    assert agrees(SHOWN, EVIDENCE)


def test_other_octets_contradict() -> None:
    assert not agrees(SHOWN, replace(EVIDENCE, received=b"\0\5HELLO"))


def test_what_nobody_read_is_not_compared() -> None:
    assert agrees(SHOWN, replace(EVIDENCE, received=b"", waits=(), left_unread=True))


@pytest.mark.parametrize(
    ("received_bytes", "is_settled", "expected"), [(5, True, False), (5, False, True), (9, False, False)]
)
def test_only_a_settled_wait_tells_what_did_not_come(received_bytes, is_settled, expected) -> None:
    wait = replace(SETTLED, received_bytes=received_bytes, is_settled=is_settled)
    assert agrees(SHOWN, replace(EVIDENCE, waits=(wait,))) is expected


@pytest.mark.parametrize("ending", [Ending.CLOSED_EARLY, Ending.RESET_EARLY, Ending.CLOSED, Ending.RESET])
def test_leaving_is_seen_sooner_or_later(ending) -> None:
    assert agrees(LEFT, replace(EVIDENCE, ending=ending))


def test_who_was_sent_more_cannot_have_left_unnoticed() -> None:
    assert not agrees(LEFT, replace(EVIDENCE, sent_bytes=9))
    assert agrees(LEFT, replace(EVIDENCE, sent_bytes=9, ending=Ending.RESET_EARLY))


def test_who_was_waited_for_in_vain_had_not_left() -> None:
    quiet = replace(SETTLED, outcome=WaitOutcome.QUIET)
    assert not agrees(LEFT, replace(EVIDENCE, waits=(quiet,), ending=Ending.CLOSED))


@pytest.mark.parametrize(
    ("state", "ending"),
    [(State.SPINNING, Ending.SPINNING), (State.STUCK, Ending.WAITING), (State.READING, Ending.WAITING)],
)
def test_who_never_ends(state, ending) -> None:
    assert agrees(replace(SHOWN, state=state), replace(EVIDENCE, ending=ending))
    assert not agrees(replace(SHOWN, state=state), EVIDENCE)


@pytest.mark.parametrize("death", [{"death": "exited with status 1"}, {"serves_afterwards": False}])
def test_a_death_is_seen_by_itself_or_afterwards(death) -> None:
    assert agrees(replace(SHOWN, state=State.DEAD), replace(EVIDENCE, **death))
    assert not agrees(SHOWN, replace(EVIDENCE, **death))
    assert not agrees(replace(SHOWN, state=State.DEAD), EVIDENCE)
