"""Which failed trials belong together, and which of them is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shortread.engine.findings import CAUSES, cause_of, group_by_cause, precedence
from shortread.evidence import Ending, Evidence
from shortread.results import Symptom, Trial
from shortread.stream import Kind

MakeTrial = Callable[..., Trial]

WRONG = Symptom.WRONG_REPLY
ECHOED = Evidence(sent_bytes=3, boundaries=(), waits=(), received=b"5:h", ending=Ending.CLOSED)


def grouped(*failed: Trial) -> dict[str, list[str]]:
    """The schedules of each cause."""
    return {code: [str(trial.schedule) for trial in group] for code, group in group_by_cause(failed).items()}


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Symptom.SPIN, "SR302"),
        (Symptom.NEVER_CLOSED, "SR303"),
        (Symptom.DEAD_AFTERWARDS, "SR305"),
        (Symptom.DIED, "SR305"),
        (Symptom.CLOSED_EARLY, "SR003"),
        (Symptom.RESET, "SR505"),
    ],
)
def test_an_ending_with_right_replies_has_its_cause(ending: Symptom, code: str, trial: MakeTrial) -> None:
    failed = trial("send 0..3 half-close", ending=ending)
    assert cause_of(failed, [failed]).code == code


@pytest.mark.parametrize("ending", [Symptom.SPIN, Symptom.NEVER_CLOSED, Symptom.DIED])
def test_an_ending_with_wrong_replies_is_a_dependence(ending: Symptom, trial: MakeTrial) -> None:
    """The reader had already lost its place; what it does at the end follows from that."""
    failed = trial("send 0..3 half-close", replies=WRONG, ending=ending)
    assert cause_of(failed, [failed]).code == "SR003"


def test_what_is_wrong_without_any_cut_is_no_dependence(trial: MakeTrial) -> None:
    whole = trial("send 0..8 await-reply", fault="whole", replies=WRONG)
    cut = trial("send 0..3 read send 3..8", replies=WRONG)
    assert grouped(cut) == {"SR003": [str(cut.schedule)]}
    assert grouped(whole, cut) == {"SR001": [str(cut.schedule), str(whole.schedule)][::-1]}


def test_a_long_message_that_is_wrong_as_a_whole_is_a_dependence(trial: MakeTrial) -> None:
    whole = trial("send 0..8 await-reply", fault="whole", replies=WRONG, kind=Kind.BOUNDARY)
    assert grouped(whole) == {"SR003": [str(whole.schedule)]}


def test_returning_what_was_read_is_a_mistake_only_where_it_came_early(trial: MakeTrial) -> None:
    returned = trial("send 0..3 half-close", replies=Symptom.MALFORMED_REPLY, evidence=ECHOED)
    early = trial("send 0..3 await-reply send 3..8", replies=Symptom.EARLY_REPLY)
    assert cause_of(returned, [returned]).code == "SR003"
    assert cause_of(returned, [returned, early]).code == "SR207"


def test_causes_come_in_the_order_of_their_table(trial: MakeTrial) -> None:
    failed = [
        trial("send 0..3 read send 3..8", replies=WRONG),
        trial("send 0..3 close", ending=Symptom.NEVER_CLOSED),
        trial("send 0..4 close", ending=Symptom.SPIN),
    ]
    assert list(group_by_cause(failed)) == ["SR302", "SR303", "SR003"]
    assert [precedence(cause.code) for cause in CAUSES] == list(range(len(CAUSES)))


def test_the_smallest_trial_of_a_group_comes_first(trial: MakeTrial) -> None:
    """Few segments, then few octets, then an early cut."""
    in_order = [
        "send 0..14",
        "send 0..1 read send 1..14",
        "send 0..8",
        "send 0..2 read send 2..8",
        "send 0..3 read send 3..8",
        "send 0..1 read send 1..2 read send 2..3",
    ]
    assert grouped(*(trial(schedule, replies=WRONG) for schedule in reversed(in_order))) == {"SR003": in_order}


def test_no_failed_trial_has_no_cause() -> None:
    assert group_by_cause([]) == {}
