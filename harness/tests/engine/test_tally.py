"""Counting: every trial is counted once, whatever becomes of it later."""

from __future__ import annotations

from collections.abc import Callable

from shortread.engine.plan import Plan
from shortread.engine.tally import Tally
from shortread.evidence import Boundary, Ending, Evidence, Proof
from shortread.results import BoundaryCounts, FamilyCounts, Status, Symptom, Trial

MakePlan = Callable[..., Plan]
MakeTrial = Callable[..., Trial]

CUTS = [f"send 0..{offset} read send {offset}..14" for offset in range(1, 14)]


def cut(*boundaries: tuple[int, Proof]) -> Evidence:
    return Evidence(
        sent_bytes=14,
        boundaries=tuple(Boundary(offset=offset, proof=proof) for offset, proof in boundaries),
        waits=(),
        received=b"",
        ending=Ending.CLOSED,
    )


def test_trials_are_counted_by_what_they_came_to(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"))
    tally.add(trial("send 0..8 await-reply", fault="whole"))
    tally.add(trial(CUTS[0]))
    tally.add(trial(CUTS[1], replies=Symptom.MISSING_REPLY))
    tally.add(trial(CUTS[2], status=Status.INCONCLUSIVE))
    assert tally.finished == 4
    assert tally.family_counts() == (
        FamilyCounts(conversation="ordinary/1", fault="whole", planned=1, run=1, passed=1),
        FamilyCounts(
            conversation="ordinary/1",
            fault="every-cut",
            planned=13,
            run=3,
            passed=1,
            failed=1,
            inconclusive=1,
            not_run=10,
        ),
    )


def test_the_counts_of_a_run_are_the_sums_of_its_families(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"), seconds=1.23456)
    tally.add(trial("send 0..8 await-reply", fault="whole"))
    tally.add(trial(CUTS[1], replies=Symptom.MISSING_REPLY))
    counts = tally.trial_counts()
    assert (counts.planned, counts.run, counts.passed, counts.failed) == (14, 2, 1, 1)
    assert (counts.inconclusive, counts.not_run, counts.seconds) == (0, 12, 1.235)


def test_only_failed_trials_are_kept(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"))
    failed = trial(CUTS[1], replies=Symptom.MISSING_REPLY)
    for each in (trial(CUTS[0]), failed, trial(CUTS[2], status=Status.INCONCLUSIVE)):
        tally.add(each)
    assert tally.failed == [failed]


def test_a_failure_that_did_not_repeat_is_counted_as_something_else(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"))
    failed = trial(CUTS[1], replies=Symptom.MISSING_REPLY)
    tally.add(failed)
    tally.reclassify(failed, Status.INCONCLUSIVE)
    counts = tally.trial_counts()
    assert (counts.run, counts.failed, counts.inconclusive) == (1, 0, 1)
    assert tally.failed == []


def test_faults_are_counted_over_all_their_conversations(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"))
    failed = [trial(schedule, replies=Symptom.MISSING_REPLY) for schedule in CUTS[:2]]
    for each in (*failed, trial(CUTS[2]), trial("send 0..14", fault="together")):
        tally.add(each)
    assert tally.by_fault(failed) == {"every-cut": (2, 3)}


def test_boundaries_are_counted_by_their_proof(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"))
    tally.add(trial(CUTS[0], evidence=cut((1, Proof.READ), (2, Proof.SETTLED), (3, Proof.MERGED))))
    tally.add(trial(CUTS[1], evidence=cut((2, Proof.READ), (4, Proof.ASSUMED))))
    assert tally.boundary_counts() == BoundaryCounts(settled=1, read=2, assumed=1, merged=1)


def test_an_offset_is_covered_once_it_was_cut_with_proof(plan: MakePlan, trial: MakeTrial) -> None:
    tally = Tally(plan("every-cut"))
    tally.add(trial(CUTS[0], evidence=cut((1, Proof.READ), (2, Proof.SETTLED), (3, Proof.MERGED))))
    tally.add(trial(CUTS[1], evidence=cut((2, Proof.READ), (4, Proof.ASSUMED))))
    coverage = tally.coverage()
    assert (coverage.offsets_cut, coverage.offsets) == (2, 13)
