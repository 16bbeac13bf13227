"""How the evidence of a trial compares with the expectation. Replies and ending are judged separately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shortread.codec.exchange import expectation as expectation_of
from shortread.codec.requests import Code, Violation
from shortread.evidence import Ending, Evidence, Proof, Wait, WaitOutcome
from shortread.expected import is_met
from shortread.judge.expectation import Expectation
from shortread.judge.oracle import Oracle
from shortread.results import Reason, Status, Symptom, Verdict
from shortread.stream import Frame

PASS = Verdict(status=Status.PASS)

_ENDINGS: Mapping[Ending, tuple[Symptom, str]] = {
    Ending.CLOSED_EARLY: (Symptom.CLOSED_EARLY, "the connection was closed before the stream had ended"),
    Ending.REFUSED: (
        Symptom.DEAD_AFTERWARDS,
        "the connection was not accepted: an earlier one had ended the service",
    ),
    Ending.RESET: (Symptom.RESET, "the connection was reset"),
    Ending.RESET_EARLY: (Symptom.RESET, "the connection was reset before the stream had ended"),
    Ending.WAITING: (Symptom.NEVER_CLOSED, "the connection was never closed; the reader is still waiting"),
    Ending.SPINNING: (Symptom.SPIN, "the connection was never closed; a thread turns at full speed"),
    Ending.FLOODING: (Symptom.EXTRA_REPLY, "more came back than any conversation asks for"),
    Ending.TIMED_OUT: (Symptom.NEVER_CLOSED, "the connection was not closed in time"),
}
"""What each ending means that is not `closed`."""

_ENDED_EARLY = frozenset({Ending.CLOSED_EARLY, Ending.RESET_EARLY})


PROVEN = frozenset({Proof.READ, Proof.SETTLED})
"""What shows that a segment was read apart from the next."""


def judge(evidence: Evidence, oracle: Oracle, *, accepted: frozenset[Proof] = PROVEN) -> Verdict:
    """Compare one trial's evidence with what its delivered octets require.

    Gives `fail` with its reasons, `inconclusive` where nothing failed but a segment was not proven to have been
    read apart as `accepted` says, and `pass` otherwise.
    """
    if evidence.others:
        return _judge_connections(evidence, oracle, accepted)
    if evidence.given_up:
        return PASS
    expectation = oracle.expect(evidence.sent_bytes, half_closed=evidence.half_closed)
    replies = _judge_baseline(evidence, oracle) if oracle.is_learning else _judge_replies(evidence, expectation, oracle)
    ending = _judge_ending(evidence, expectation, oracle)
    if replies is not None or ending is not None:
        return Verdict(status=Status.FAIL, replies=replies, ending=ending)
    unproven = next((boundary for boundary in evidence.boundaries if boundary.proof not in accepted), None)
    if unproven is None:
        return PASS
    text = f"the boundary at offset {unproven.offset} is {unproven.proof}: nothing shows that it was read apart"
    return Verdict(status=Status.INCONCLUSIVE, replies=Reason(symptom=None, text=text))


def _judge_connections(evidence: Evidence, oracle: Oracle, accepted: frozenset[Proof]) -> Verdict:
    """Each connection by itself, and then what is left of all of them."""
    each = [
        judge(one, oracle, accepted=accepted) for one in (replace(evidence, others=(), growth=None), *evidence.others)
    ]
    failed = [(number, one) for number, one in enumerate(each, start=1) if one.status is Status.FAIL]
    if failed:
        number, verdict = failed[0]
        return replace(verdict, replies=_on(number, verdict.replies), ending=_on(number, verdict.ending))
    leak = _judge_growth(evidence)
    if leak is not None:
        return Verdict(status=Status.FAIL, ending=leak)
    return next((one for one in each if one.status is Status.INCONCLUSIVE), PASS)


def _on(connection: int, reason: Reason | None) -> Reason | None:
    return reason and replace(reason, text=f"on connection {connection}: {reason.text}")


def _judge_growth(evidence: Evidence) -> Reason | None:
    """One descriptor or thread for every other connection is a leak; a pool that has grown is not."""
    if evidence.growth is None:
        return None
    connections = 1 + len(evidence.others)
    for noun, more in (("descriptor", evidence.growth.descriptors), ("thread", evidence.growth.threads)):
        if more * 2 >= connections:
            text = f"after {connections} connections that are over, there are {_count(more, noun)} more than before"
            return Reason(symptom=Symptom.LEAK, text=text)
    return None


def observed_replies(evidence: Evidence, oracle: Oracle) -> tuple[tuple[Frame, ...], Violation | None]:
    """The replies that came, as the other side's framing tells them, and what is wrong with their octets."""
    expectation = oracle.expect(evidence.sent_bytes, half_closed=evidence.half_closed)
    return expectation.read(evidence.received, expectation.replies, _marks(evidence))


def _marks(evidence: Evidence) -> tuple[tuple[int, int], ...]:
    return tuple((wait.sent_bytes, wait.received_bytes) for wait in evidence.waits)


def _judge_baseline(evidence: Evidence, oracle: Oracle) -> Reason:
    """Nothing could be learned from the whole conversation, so that there is nothing to compare with."""
    if not evidence.received:
        text = "nothing came back for the whole conversation, so that there is nothing to compare with"
        return Reason(symptom=Symptom.MISSING_REPLY, text=text)
    _, violation = observed_replies(evidence, oracle)
    text = f"what came back for the whole conversation is no sequence of frames: {violation and violation.code}"
    return Reason(symptom=Symptom.MALFORMED_REPLY, text=text)


def _judge_replies(evidence: Evidence, expectation: Expectation, oracle: Oracle) -> Reason | None:
    if evidence.left_unread:
        return None
    early = next(filter(None, (_judge_early(wait, evidence, oracle) for wait in evidence.waits)), None)
    if early is not None:
        return early
    if evidence.received != expectation.wire:
        frames, violation = observed_replies(evidence, oracle)
        difference = _first_difference(expectation, frames, violation)
        is_allowed = difference is None or (
            _is_early_reply(expectation, frames, violation, oracle, difference)
            or _is_error_reply(expectation, frames, evidence, oracle, difference)
            or _is_withheld_by_design(expectation, oracle, difference)
            or _is_ended_by_us(expectation, frames, violation, evidence, oracle)
            or _was_not_heard(evidence, difference)
        )
        if not is_allowed:
            return difference
    withheld = next(filter(None, (_judge_withheld(wait, evidence, oracle) for wait in evidence.waits)), None)
    return withheld or _judge_remarks(evidence, expectation, oracle)


def _judge_early(wait: Wait, evidence: Evidence, oracle: Oracle) -> Reason | None:
    """Nothing may have come before its message was complete."""
    due = oracle.expect(wait.sent_bytes)
    if not due.is_inside_frame or oracle.may_reply_early:
        return None
    came = evidence.received[: wait.received_bytes]
    if due.wire is not None and len(came) <= len(due.wire):
        return None
    frames, violation = due.read(came, due.replies, _marks(evidence))
    if len(frames) <= len(due.possible) and violation is None:
        return None
    part = f"only a part had been sent ({_count(wait.sent_bytes, 'octet')} in all)"
    return Reason(symptom=Symptom.EARLY_REPLY, text=f"something came back for a message of which {part}")


def _judge_withheld(wait: Wait, evidence: Evidence, oracle: Oracle) -> Reason | None:
    """A complete message must be replied to before more is sent, and before the stream is ended."""
    if wait.outcome is WaitOutcome.ANSWERED:
        return None
    expectation = oracle.expect(wait.sent_bytes)
    if expectation.refusal is not None or (oracle.manner.may_withhold and expectation.is_inside_frame):
        return None
    due = len(expectation.replies)
    frames, _ = expectation.read(evidence.received[: wait.received_bytes], expectation.replies, _marks(evidence))
    if len(frames) >= due:
        # Other octets for the same messages may be fewer than those that were waited for.
        return None
    was_due = f"{_replies(due)} {'was' if due == 1 else 'were'} due"
    came = f"only {len(frames)}" if frames else "none"
    return Reason(
        symptom=Symptom.WITHHELD_REPLY,
        text=f"after {_count(wait.sent_bytes, 'octet')} {was_due}, and {came} came while nothing more was sent",
    )


def _judge_remarks(evidence: Evidence, expectation: Expectation, oracle: Oracle) -> Reason | None:
    """What a transcript says of the stream itself: whoever says nothing is right."""
    remarks = oracle.remarks(evidence.received)
    end = next((remark for remark in remarks if remark.name == "end"), None)
    if end is not None:
        early = next((wait for wait in evidence.waits if end.offset <= wait.received_bytes), None)
        if early is not None and not oracle.expect(early.sent_bytes).may_be_over:
            text = f"it said that the stream had ended after {_count(early.sent_bytes, 'octet')}, when it had not"
            return Reason(symptom=Symptom.EARLY_REPLY, text=text)
        if end.messages_behind:
            came = _count(end.messages_behind, "message")
            text = f"it said that the stream had ended, and wrote down {came} behind that"
            return Reason(symptom=Symptom.EXTRA_REPLY, text=text)
    is_error = any(remark.name == "error" for remark in remarks)
    if is_error and evidence.half_closed and expectation.is_well_formed:
        return Reason(
            symptom=Symptom.WRONG_REPLY, text="it said that there was an error where everything was well-formed"
        )
    return None


def _first_difference(
    expectation: Expectation, observed: Sequence[Frame], violation: Violation | None
) -> Reason | None:
    expected, possible = expectation.replies, expectation.possible
    for number, (want, have) in enumerate(zip(possible, observed, strict=False), start=1):
        if not is_met(want.expected, have.message):
            return Reason(symptom=Symptom.WRONG_REPLY, text=f"reply {number} says something else than message {number}")
    is_same_count = len(expected) <= len(observed) <= len(possible)
    # An unfinished reply is one that did not come; anything else that is no frame is worse.
    if violation is not None and (is_same_count or violation.code is not Code.EOF_INSIDE):
        text = f"after {_replies(len(observed))} came octets that are no frame: {violation.code}"
        return Reason(symptom=Symptom.MALFORMED_REPLY, text=text)
    if is_same_count:
        return None
    were_complete = f"{_count(len(expected), 'message')} {'was' if len(expected) == 1 else 'were'} complete"
    return Reason(
        symptom=Symptom.MISSING_REPLY if len(observed) < len(expected) else Symptom.EXTRA_REPLY,
        text=f"{were_complete}, {_replies(len(observed))} came",
    )


def _is_early_reply(
    expectation: Expectation,
    observed: Sequence[Frame],
    violation: Violation | None,
    oracle: Oracle,
    difference: Reason,
) -> bool:
    """Whether what came too much may be the reply to an unfinished message, or its beginning."""
    if not oracle.may_reply_early or not expectation.is_inside_frame:
        return False
    if difference.symptom is Symptom.EXTRA_REPLY:
        return len(observed) == len(expectation.possible) + 1 and violation is None
    return difference.symptom is Symptom.MALFORMED_REPLY and violation is not None and violation.code is Code.EOF_INSIDE


def _is_error_reply(
    expectation: Expectation, observed: Sequence[Frame], evidence: Evidence, oracle: Oracle, difference: Reason
) -> bool:
    """Whether what came too much may be the answer to octets that are no frame, or to an unfinished one."""
    if expectation.refusal is None and not expectation.is_inside_frame:
        return False
    policy = oracle.spec.on_malformed
    if "error_reply" not in policy.allow or oracle.tells_errors_apart:
        return False
    if difference.symptom is Symptom.MALFORMED_REPLY:
        # What is no frame is no success either, unless it is what was to be refused; an error may be plain text.
        refused = oracle.conversation.stream.frames[-1].wire
        rest = evidence.received[sum(len(frame.wire) for frame in observed) :]
        return expectation.refusal is not None and not rest.startswith(refused)
    if difference.symptom is not Symptom.EXTRA_REPLY:
        return False
    if policy.error is None:
        return oracle.spec.reply != "echo"
    error = expectation_of(oracle.codec, policy.error)
    return all(is_met(error, frame.message) for frame in observed[len(expectation.possible) :])


def _is_withheld_by_design(expectation: Expectation, oracle: Oracle, difference: Reason) -> bool:
    """Whether replies are missing that may have waited for the rest of a message, which never came.

    What was due at a wait between two messages has been looked at there.
    """
    return oracle.manner.may_withhold and expectation.is_inside_frame and difference.symptom is Symptom.MISSING_REPLY


def _is_ended_by_us(
    expectation: Expectation, observed: Sequence[Frame], violation: Violation | None, evidence: Evidence, oracle: Oracle
) -> bool:
    """Whether what came too much is the message that our closing has ended, where the end of the stream ends one.

    A reset ends none, but nobody can tell from evidence which of the two it was.
    """
    is_between_frames = expectation.refusal is None and not expectation.is_inside_frame
    if evidence.half_closed or evidence.ending in _ENDED_EARLY or is_between_frames:
        return False
    ended = oracle.expect(evidence.sent_bytes, half_closed=True)
    return _first_difference(ended, observed, violation) is None


def _was_not_heard(evidence: Evidence, difference: Reason) -> bool:
    """Whether we left at once, before anybody could have said what is said first."""
    is_at_once = not (evidence.sent_bytes or evidence.half_closed or evidence.waits)
    return is_at_once and evidence.ending not in _ENDED_EARLY and difference.symptom is Symptom.MISSING_REPLY


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _replies(number: int) -> str:
    return "1 reply" if number == 1 else f"{number} replies"


def _judge_ending(evidence: Evidence, expectation: Expectation, oracle: Oracle) -> Reason | None:
    if evidence.death is not None and evidence.ending is not Ending.REFUSED:
        return Reason(symptom=Symptom.DIED, text=f"the implementation {evidence.death}")
    if evidence.serves_afterwards is False:
        was_not = "not served as it should be" if evidence.confuses_afterwards else "not served"
        return Reason(symptom=Symptom.DEAD_AFTERWARDS, text=f"the next connection was {was_not}")
    if _may_end(evidence.ending, expectation, oracle):
        return None
    symptom, text = _ENDINGS[evidence.ending]
    if evidence.unread_bytes:
        text += f", with {_count(evidence.unread_bytes, 'octet')} unread"
    return Reason(symptom=symptom, text=text)


def _may_end(ending: Ending, expectation: Expectation, oracle: Oracle) -> bool:
    if expectation.refusal is not None and "close" in oracle.spec.on_malformed.allow:
        return ending in (Ending.CLOSED, Ending.CLOSED_EARLY, Ending.RESET, Ending.RESET_EARLY)
    if ending is Ending.RESET:
        # An unfinished frame is an error of the sender, and a reset is a way of saying so.
        return expectation.is_inside_frame
    return ending is Ending.CLOSED or (ending is Ending.CLOSED_EARLY and expectation.may_close)
