"""What it is called when a malformed frame was accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shortread.engine.findings import cause_of
from shortread.evidence import Ending, Evidence
from shortread.results import Reason, Status, Symptom, Trial, Verdict
from shortread.schedule import parse_schedule
from shortread.spec.codes import Code
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream

OF_LENGTHS = {
    Code.NON_DIGIT_LENGTH,
    Code.NO_DIGITS,
    Code.LEADING_ZERO,
    Code.TOO_MANY_DIGITS,
    Code.OVERSIZE,
    Code.LENGTH_UNDERFLOW,
    Code.OVERLONG,
    Code.VARINT_TOO_LONG,
}


def failed(code: Code, symptom: Symptom | None, ending: Symptom | None = None) -> Trial:
    span = Span(name="body", role=Role.BODY, start=0, end=1)
    frames = (Frame(message="a", wire=b"a", spans=(span,)), Frame(message=code.value, wire=b"x", spans=(span,)))
    return Trial(
        conversation=Conversation(name="malformed/1", kind=Kind.MALFORMED, stream=Stream(frames=frames)),
        fault="whole",
        schedule=parse_schedule("send 0..1 await-reply send 1..2 await-reply"),
        verdict=Verdict(
            status=Status.FAIL,
            replies=symptom and Reason(symptom=symptom, text=""),
            ending=ending and Reason(symptom=ending, text=""),
        ),
        evidence=Evidence(sent_bytes=2, boundaries=(), waits=(), received=b"ay", ending=Ending.CLOSED),
    )


@pytest.mark.parametrize("code", sorted(set(Code) - {Code.EOF_INSIDE}))
@pytest.mark.parametrize("symptom", [Symptom.EXTRA_REPLY, Symptom.MALFORMED_REPLY])
def test_a_malformed_frame_that_was_accepted(code: Code, symptom: Symptom) -> None:
    trial = failed(code, symptom)
    assert cause_of(trial, [trial]).code == ("SR408" if code in OF_LENGTHS else "SR001")


@pytest.mark.parametrize(
    ("symptom", "ending", "code"),
    [
        (Symptom.MISSING_REPLY, None, "SR003"),
        (Symptom.WRONG_REPLY, None, "SR003"),
        (None, Symptom.NEVER_CLOSED, "SR303"),
        (None, Symptom.DIED, "SR305"),
    ],
)
def test_what_else_is_wrong_with_it_has_another_name(
    symptom: Symptom | None, ending: Symptom | None, code: str
) -> None:
    trial = failed(Code.NON_DIGIT_LENGTH, symptom, ending)
    assert cause_of(trial, [trial]).code == code


def test_what_is_wrong_with_a_conversation_that_is_right_is_not_explained_by_it() -> None:
    accepted = failed(Code.CONST_MISMATCH, Symptom.EXTRA_REPLY)
    ordinary = replace(accepted.conversation, name="ordinary/1", kind=Kind.ORDINARY)
    cut = replace(accepted, conversation=ordinary, fault="every-cut")
    assert cause_of(cut, [cut, accepted]).code == "SR003"
    whole = replace(accepted, conversation=ordinary)
    assert cause_of(cut, [cut, accepted, whole]).code == "SR001"
