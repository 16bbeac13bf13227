"""What was written down in another form is what a candidate would have written down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from shortread.catalogue.answers import written_down
from shortread.evidence import Evidence
from shortread.judge.diagnosis import in_one_form
from shortread.judge.diagnosis.agreement import agrees
from shortread.judge.oracle import Oracle
from shortread.judge.replies.transcript import Form
from shortread.results import Trial

PROTOCOL, CONVERSATION = "blocks-u32", "ordinary/1"
TWO_WAITS = "send 0..9 await-reply send 9..13 await-reply half-close"
"""The stream is the block `hello`, and an empty one."""


@dataclass(frozen=True)
class Written:
    """A form, and how a message is written down in it."""

    form: Form
    write: Callable[[bytes], bytes]

    def __str__(self) -> str:
        return self.form if isinstance(self.form, str) else self.form.pattern


FORMS = (
    Written("json-lines", lambda octets: json.dumps({"hex": octets.hex()}).encode() + b"\n"),
    Written("json-lines", lambda octets: json.dumps({"hex": octets.hex().upper(), "at": 7}).encode() + b"\r\n"),
    Written("json-lines", lambda octets: b'{"message":"%s"}\n' % octets),
    Written("json-lines", lambda octets: b'log\n{"message": "%s"}\n{"note": 1}\n' % octets),
    Written("lines", lambda octets: octets + b"\n"),
    Written("lines", lambda octets: octets + b"\r\n"),
    Written(re.compile(r"got (?P<hex>[0-9a-f]*);"), lambda octets: b"12:00 got %s; next\n" % octets.hex().encode()),
    Written(re.compile(r"(?P<repr>b'.*?')"), lambda octets: repr(octets).encode()),
)


@pytest.fixture
def foretold(trial_of, program_of, candidates_of):
    """`foretold(code, words)` is the trial of a program of the catalogue, or of one without a mistake."""

    def run(code: str = "", words: str = "") -> Trial:
        program = program_of(code, PROTOCOL, words) if code else candidates_of(PROTOCOL).conforming
        return trial_of(program, PROTOCOL, CONVERSATION, TWO_WAITS)

    return run


@pytest.fixture
def oracle_of(candidates_of, conversation_of):
    """`oracle_of(form)` is that of a program that writes in a form."""

    def make(form: Form) -> Oracle:
        return Oracle(candidates_of(PROTOCOL).codec, conversation_of(PROTOCOL, CONVERSATION), transcript=form)

    return make


def rewritten(evidence: Evidence, write: Callable[[bytes], bytes]) -> Evidence:
    """The same messages in another form, at the same time."""

    def changed(written: bytes) -> bytes:
        return b"".join(write(bytes.fromhex(json.loads(line)["hex"])) for line in written.splitlines())

    waits = tuple(
        replace(wait, received_bytes=len(changed(evidence.received[: wait.received_bytes]))) for wait in evidence.waits
    )
    return replace(evidence, received=changed(evidence.received), waits=waits)


@pytest.mark.parametrize("written", FORMS, ids=str)
@pytest.mark.parametrize("program", ["", "SR203 more-needed", "SR304", "SR405 vanishes"])
def test_each_form_becomes_what_a_candidate_writes(written, program, foretold, oracle_of) -> None:
    trial = foretold(*program.split())
    assert trial.evidence.received
    in_a_form = replace(trial, evidence=rewritten(trial.evidence, written.write))
    assert in_one_form(in_a_form, oracle_of(written.form)) == trial


def test_what_is_in_that_form_already_stays_as_it_is(foretold, oracle_of) -> None:
    trial = foretold()
    assert in_one_form(trial, oracle_of("json-lines")) == trial


def test_then_it_agrees_with_what_a_conforming_program_shows(foretold, oracle_of, candidates_of) -> None:
    candidates, trial = candidates_of(PROTOCOL), foretold()
    shown = candidates.shown_in(candidates.conforming, trial)
    in_lines = replace(trial, evidence=rewritten(trial.evidence, lambda octets: octets + b"\n"))
    assert not agrees(shown, in_lines.evidence)
    assert agrees(shown, in_one_form(in_lines, oracle_of("lines")).evidence)


def test_a_line_that_was_begun_at_a_wait_had_not_come(foretold, oracle_of) -> None:
    trial = foretold()
    first, last = trial.evidence.waits
    begun = replace(trial.evidence, received=b"hello\n\n", waits=(replace(first, received_bytes=4), last))
    waits = in_one_form(replace(trial, evidence=begun), oracle_of("lines")).evidence.waits
    assert [wait.received_bytes for wait in waits] == [0, last.received_bytes]


def test_a_line_that_is_half_printed_at_a_wait_had_not_come(foretold, oracle_of) -> None:
    """Though a pattern may find a shorter message in it."""
    trial = foretold()
    first, last = trial.evidence.waits
    begun = replace(trial.evidence, received=b"got hello\ngot \n", waits=(replace(first, received_bytes=6), last))
    pattern = re.compile("got (?P<text>.*)")
    waits = in_one_form(replace(trial, evidence=begun), oracle_of(pattern)).evidence.waits
    assert waits[0].received_bytes == 0


def test_remarks_about_the_stream_are_no_messages(foretold, oracle_of) -> None:
    trial = foretold()
    remarked = replace(trial.evidence, received=trial.evidence.received + b'{"end": true}\n')
    assert in_one_form(replace(trial, evidence=remarked), oracle_of("json-lines")) == trial


def test_messages_of_several_fields_are_written_as_they_are(foretold, oracle_of) -> None:
    message = {"type": 3, "text": "naïve", "rest": [True, None]}
    received = json.dumps({"message": message}, ensure_ascii=False, indent=None, separators=(",", ":")).encode() + b"\n"
    trial = replace(foretold(), evidence=replace(foretold().evidence, received=received, waits=()))
    assert in_one_form(trial, oracle_of("json-lines")).evidence.received == written_down(message)


def test_every_connection_is_rewritten_and_nothing_else(foretold, oracle_of) -> None:
    trial, other = foretold(), foretold("SR405").evidence
    both = replace(trial, evidence=replace(trial.evidence, others=(other, replace(other, death="killed"))))
    evidence = rewritten(trial.evidence, lambda octets: octets + b"\n")
    others = tuple(rewritten(one, lambda octets: octets + b"\n") for one in both.evidence.others)
    in_lines = replace(both, evidence=replace(evidence, others=others))
    assert in_one_form(in_lines, oracle_of("lines")) == both
