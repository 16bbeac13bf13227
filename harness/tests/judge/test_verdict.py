"""Verdicts over evidence that is written by hand: each symptom with its reason, and what is no symptom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.evidence import Boundary, Ending, Evidence, Growth, Proof, Wait, WaitOutcome
from shortread.expected import Anything
from shortread.judge.manner import Manner
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import PASS, judge
from shortread.results import Reason, Status, Symptom, Verdict
from shortread.stream import Answer

WIRE = b"5:hello,3:foo,"
GOOD = Evidence(sent_bytes=14, boundaries=(), waits=(), received=WIRE, ending=Ending.CLOSED)


def cut(offset: int, proof: Proof = Proof.READ) -> Boundary:
    return Boundary(offset=offset, proof=proof)


def wait(sent_bytes: int, received_bytes: int, outcome: WaitOutcome = WaitOutcome.ANSWERED) -> Wait:
    return Wait(sent_bytes=sent_bytes, received_bytes=received_bytes, outcome=outcome, is_settled=True)


def prefix(sent_bytes: int, received: bytes, ending: Ending = Ending.CLOSED) -> Evidence:
    """The stream was ended after so many octets."""
    return replace(GOOD, sent_bytes=sent_bytes, received=received, ending=ending)


PASSING = {
    "everything is as expected": GOOD,
    "nothing was sent": prefix(0, b""),
    "each reply came before the next message": replace(GOOD, waits=(wait(8, 8), wait(14, 14))),
    "the boundaries are proven": replace(GOOD, boundaries=(cut(3), cut(9, Proof.SETTLED))),
    "an unfinished message is dropped": prefix(11, b"5:hello,"),
    "nothing came for half a message": replace(GOOD, boundaries=(cut(11),), waits=(wait(11, 8),)),
    "a reset inside an unfinished message": prefix(11, b"5:hello,", Ending.RESET),
    "a healthy connection was served afterwards": replace(prefix(11, b"5:hello,"), serves_afterwards=True),
    "more than was due at a frame's edge, but not in the end": replace(GOOD, waits=(wait(8, 14), wait(14, 14))),
}


@pytest.mark.parametrize("evidence", PASSING.values(), ids=PASSING)
def test_what_is_allowed_passes(evidence: Evidence, oracle: Oracle) -> None:
    assert judge(evidence, oracle) == PASS


REPLIES = {
    "no reply": (
        replace(GOOD, received=b""),
        Symptom.MISSING_REPLY,
        "2 messages were complete, 0 replies came",
    ),
    "one reply of two": (
        replace(GOOD, received=b"5:hello,"),
        Symptom.MISSING_REPLY,
        "2 messages were complete, 1 reply came",
    ),
    "a reply that is cut off": (
        replace(GOOD, received=b"5:hello,3:f"),
        Symptom.MISSING_REPLY,
        "2 messages were complete, 1 reply came",
    ),
    "no reply to one message": (
        prefix(8, b""),
        Symptom.MISSING_REPLY,
        "1 message was complete, 0 replies came",
    ),
    "another message": (
        replace(GOOD, received=b"5:hello,3:bar,"),
        Symptom.WRONG_REPLY,
        "reply 2 says something else than message 2",
    ),
    "two messages as one": (
        replace(GOOD, received=b"8:hellofoo,"),
        Symptom.WRONG_REPLY,
        "reply 1 says something else than message 1",
    ),
    "a reply too many": (
        replace(GOOD, received=WIRE + b"0:,"),
        Symptom.EXTRA_REPLY,
        "2 messages were complete, 3 replies came",
    ),
    "a reply to a message that never came": (
        prefix(0, b"0:,"),
        Symptom.EXTRA_REPLY,
        "0 messages were complete, 1 reply came",
    ),
    "an unfinished message as if it were whole": (
        prefix(12, b"5:hello,2:fo,"),
        Symptom.EXTRA_REPLY,
        "1 message was complete, 2 replies came",
    ),
    "octets behind the replies": (
        replace(GOOD, received=WIRE + b"9:"),
        Symptom.MALFORMED_REPLY,
        "after 2 replies came octets that are no frame: eof_inside",
    ),
    "octets that are no frame instead of a reply": (
        replace(GOOD, received=b"5:hello,foo"),
        Symptom.MALFORMED_REPLY,
        "after 1 reply came octets that are no frame: non_digit_length",
    ),
    "a whole reply to half a message": (
        replace(GOOD, waits=(wait(11, 14),)),
        Symptom.EARLY_REPLY,
        "something came back for a message of which only a part had been sent (11 octets in all)",
    ),
    "part of a reply to the first octet": (
        replace(GOOD, waits=(wait(1, 1),)),
        Symptom.EARLY_REPLY,
        "something came back for a message of which only a part had been sent (1 octet in all)",
    ),
    "a reply too early is worse than a wrong one": (
        replace(GOOD, received=b"2:5:,5:hello,", waits=(wait(2, 5),)),
        Symptom.EARLY_REPLY,
        "something came back for a message of which only a part had been sent (2 octets in all)",
    ),
    "a reply that came only with the next octets": (
        replace(GOOD, waits=(wait(11, 0, WaitOutcome.QUIET), wait(14, 14))),
        Symptom.WITHHELD_REPLY,
        "after 11 octets 1 reply was due, and none came while nothing more was sent",
    ),
    "the last reply came only with the end of the stream": (
        replace(GOOD, waits=(wait(14, 8, WaitOutcome.TIMED_OUT),)),
        Symptom.WITHHELD_REPLY,
        "after 14 octets 2 replies were due, and only 1 came while nothing more was sent",
    ),
    "a reply that never came is missing, not withheld": (
        replace(GOOD, received=b"", waits=(wait(14, 0, WaitOutcome.QUIET),)),
        Symptom.MISSING_REPLY,
        "2 messages were complete, 0 replies came",
    ),
}


@pytest.mark.parametrize(("evidence", "symptom", "text"), REPLIES.values(), ids=REPLIES)
def test_replies_that_differ_fail_with_their_reason(
    evidence: Evidence, symptom: Symptom, text: str, oracle: Oracle
) -> None:
    assert judge(evidence, oracle) == Verdict(status=Status.FAIL, replies=Reason(symptom=symptom, text=text))


ENDINGS = {
    "closed before our end": (
        prefix(14, WIRE, Ending.CLOSED_EARLY),
        Symptom.CLOSED_EARLY,
        "the connection was closed before the stream had ended",
    ),
    "closed early inside a message": (
        prefix(11, b"5:hello,", Ending.CLOSED_EARLY),
        Symptom.CLOSED_EARLY,
        "the connection was closed before the stream had ended",
    ),
    "not accepted": (
        prefix(0, b"", Ending.REFUSED),
        Symptom.DEAD_AFTERWARDS,
        "the connection was not accepted: an earlier one had ended the service",
    ),
    "not accepted, for the process had died": (
        replace(prefix(0, b"", Ending.REFUSED), death="exited with status 1"),
        Symptom.DEAD_AFTERWARDS,
        "the connection was not accepted: an earlier one had ended the service",
    ),
    "a reset at a frame's edge": (
        prefix(8, b"5:hello,", Ending.RESET),
        Symptom.RESET,
        "the connection was reset",
    ),
    "still waiting": (
        prefix(14, WIRE, Ending.WAITING),
        Symptom.NEVER_CLOSED,
        "the connection was never closed; the reader is still waiting",
    ),
    "still waiting inside a message": (
        prefix(11, b"5:hello,", Ending.WAITING),
        Symptom.NEVER_CLOSED,
        "the connection was never closed; the reader is still waiting",
    ),
    "spinning": (
        prefix(14, WIRE, Ending.SPINNING),
        Symptom.SPIN,
        "the connection was never closed; a thread turns at full speed",
    ),
    "flooding": (
        prefix(14, WIRE, Ending.FLOODING),
        Symptom.EXTRA_REPLY,
        "more came back than any conversation asks for",
    ),
    "not closed in time": (
        prefix(14, WIRE, Ending.TIMED_OUT),
        Symptom.NEVER_CLOSED,
        "the connection was not closed in time",
    ),
    "died": (
        replace(GOOD, death="was ended by signal SIGSEGV"),
        Symptom.DIED,
        "the implementation was ended by signal SIGSEGV",
    ),
    "died after a reset that is allowed": (
        replace(prefix(11, b"5:hello,", Ending.RESET), death="exited with status 1"),
        Symptom.DIED,
        "the implementation exited with status 1",
    ),
    "dead to the next connection": (
        replace(prefix(11, b"5:hello,"), serves_afterwards=False),
        Symptom.DEAD_AFTERWARDS,
        "the next connection was not served",
    ),
}


@pytest.mark.parametrize(("evidence", "symptom", "text"), ENDINGS.values(), ids=ENDINGS)
def test_an_ending_that_is_not_allowed_fails_with_its_reason(
    evidence: Evidence, symptom: Symptom, text: str, oracle: Oracle
) -> None:
    assert judge(evidence, oracle) == Verdict(status=Status.FAIL, ending=Reason(symptom=symptom, text=text))


def many(growth: Growth, connections: int = 24) -> Evidence:
    """So many good connections, after which the implementation has more of something."""
    return replace(GOOD, others=(GOOD,) * (connections - 1), growth=growth)


LEAKS = {
    "descriptors": (Growth(descriptors=24, threads=0, resident_bytes=0), "24 descriptors"),
    "threads": (Growth(descriptors=0, threads=12, resident_bytes=0), "12 threads"),
}


@pytest.mark.parametrize(("growth", "text"), LEAKS.values(), ids=LEAKS)
def test_what_is_left_of_every_other_connection_is_a_leak(growth: Growth, text: str, oracle: Oracle) -> None:
    reason = judge(many(growth), oracle).ending
    assert reason == Reason(
        symptom=Symptom.LEAK, text=f"after 24 connections that are over, there are {text} more than before"
    )


def test_a_pool_that_has_grown_is_no_leak(oracle: Oracle) -> None:
    assert judge(many(Growth(descriptors=3, threads=8, resident_bytes=1 << 24)), oracle) == PASS


def test_a_connection_that_was_given_up_for_another_is_not_blamed(oracle: Oracle) -> None:
    given_up = prefix(3, b"", Ending.TIMED_OUT)
    stuck = replace(GOOD, received=b"", ending=Ending.WAITING)
    verdict = judge(replace(given_up, given_up=True, others=(stuck,)), oracle)
    assert verdict.ending is not None
    assert verdict.ending.text.startswith("on connection 2: ")
    verdict = judge(replace(given_up, others=(stuck,)), oracle)
    assert verdict.ending is not None
    assert verdict.ending.text.startswith("on connection 1: ")


def test_a_failure_on_one_of_several_connections_says_on_which(oracle: Oracle) -> None:
    bad = replace(GOOD, received=b"5:hello,")
    reason = judge(replace(GOOD, others=(GOOD, bad)), oracle).replies
    assert reason is not None
    assert reason.text == "on connection 3: 2 messages were complete, 1 reply came"
    reason = judge(replace(GOOD, others=(replace(GOOD, received=b""), bad)), oracle).replies
    assert reason is not None
    assert reason.text == "on connection 2: 2 messages were complete, 0 replies came"


HALF = replace(prefix(11, b""), waits=(wait(11, 0, WaitOutcome.QUIET),))
WITHHELD = {
    "in the middle of the next message": (HALF, True),
    "in the middle of the next message, and half-closed": (replace(HALF, half_closed=True), True),
    "between two messages": (replace(GOOD, waits=(wait(8, 0, WaitOutcome.QUIET), wait(14, 14))), False),
    "to the end": (replace(GOOD, received=b""), False),
    "of one message to the end": (replace(GOOD, received=b"5:hello,"), False),
}


@pytest.mark.parametrize(("evidence", "is_allowed"), WITHHELD.values(), ids=WITHHELD)
def test_replies_may_be_withheld_by_design_while_a_message_is_unfinished(
    *, evidence: Evidence, is_allowed: bool, oracle: Oracle
) -> None:
    withholding = Oracle(oracle.codec, oracle.conversation, manner=Manner(may_withhold=True))
    assert (judge(evidence, withholding) == PASS) is is_allowed
    assert judge(evidence, oracle).status is Status.FAIL


def test_a_wrong_reply_is_wrong_though_it_might_have_been_withheld(oracle: Oracle) -> None:
    withholding = Oracle(oracle.codec, oracle.conversation, manner=Manner(may_withhold=True))
    reason = judge(replace(HALF, received=b"5:hallo,"), withholding).replies
    assert reason is not None
    assert reason.symptom is Symptom.WRONG_REPLY


def test_replies_that_were_left_unread_on_purpose_are_not_missed(oracle: Oracle) -> None:
    assert judge(replace(GOOD, received=b"", left_unread=True), oracle) == PASS


def test_the_tables_have_every_symptom() -> None:
    tables = {symptom for table in (REPLIES, ENDINGS) for _, symptom, _ in table.values()}
    assert tables | {Symptom.LEAK} == set(Symptom)


def test_replies_and_ending_are_judged_separately(oracle: Oracle) -> None:
    verdict = judge(prefix(14, b"5:hello,", Ending.SPINNING), oracle)
    assert verdict.status is Status.FAIL
    assert verdict.replies is not None
    assert verdict.replies.symptom is Symptom.MISSING_REPLY
    assert verdict.ending is not None
    assert verdict.ending.symptom is Symptom.SPIN


@pytest.mark.parametrize("proof", [Proof.MERGED, Proof.ASSUMED])
def test_a_boundary_without_proof_is_inconclusive(proof: Proof, oracle: Oracle) -> None:
    evidence = replace(GOOD, boundaries=(cut(3), cut(9, proof), cut(11, Proof.MERGED)))
    text = f"the boundary at offset 9 is {proof}: nothing shows that it was read apart"
    assert judge(evidence, oracle) == Verdict(status=Status.INCONCLUSIVE, replies=Reason(symptom=None, text=text))


def test_a_failure_needs_no_proof_of_its_boundaries(oracle: Oracle) -> None:
    assert judge(replace(GOOD, boundaries=(cut(9, Proof.MERGED),), received=b""), oracle).status is Status.FAIL


def test_a_wait_that_ended_without_need_is_no_failure(oracle: Oracle) -> None:
    """Another spelling of a reply may be shorter than the one that was waited for."""
    assert judge(replace(GOOD, waits=(wait(8, 8, WaitOutcome.QUIET),)), oracle) == PASS


@given(sent_bytes=st.integers(0, len(WIRE)), waits_at=st.lists(st.integers(0, len(WIRE)), max_size=5))
def test_what_the_oracle_expects_passes_for_every_prefix(sent_bytes: int, waits_at: list[int], oracle: Oracle) -> None:
    evidence = Evidence(
        sent_bytes=sent_bytes,
        boundaries=tuple(cut(offset) for offset in sorted(waits_at)),
        waits=tuple(wait(offset, len(oracle.expect(offset).wire)) for offset in sorted(waits_at)),
        received=oracle.expect(sent_bytes).wire,
        ending=Ending.CLOSED,
    )
    assert judge(evidence, oracle) == PASS


def test_who_left_at_once_has_heard_nothing(oracle: Oracle) -> None:
    """What is said first may still have been on its way."""
    signing_on = Oracle(
        oracle.codec, replace(oracle.conversation, answers=(Answer(after_bytes=0, expected=Anything()),))
    )
    left = Evidence(sent_bytes=0, boundaries=(), waits=(), received=b"", ending=Ending.CLOSED, half_closed=False)
    assert judge(left, signing_on) == PASS
    for heard in (replace(left, half_closed=True), replace(left, waits=(wait(0, 0, WaitOutcome.QUIET),))):
        verdict = judge(heard, signing_on)
        assert verdict.replies is not None
        assert verdict.replies.symptom is Symptom.MISSING_REPLY
