"""What somebody wrote down, in whatever form, as all programs of the catalogue write it down."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from shortread.catalogue.answers import written_down
from shortread.evidence import Evidence
from shortread.judge.oracle import Oracle
from shortread.results import Trial
from shortread.value import Value


def in_one_form(trial: Trial, oracle: Oracle) -> Trial:
    """The trial, with what was written down on each connection as the lines of JSON that a candidate would write."""
    evidence = trial.evidence
    others = tuple(_rewritten(other, oracle) for other in evidence.others)
    return replace(trial, evidence=replace(_rewritten(evidence, oracle), others=others))


def _rewritten(evidence: Evidence, oracle: Oracle) -> Evidence:
    read = oracle.expect(evidence.sent_bytes, half_closed=evidence.half_closed).read

    def messages(written: bytes) -> list[Value]:
        frames, _ = read(written, (), ())
        return [frame.message for frame in frames]

    every = messages(evidence.received)
    lines = [written_down(message) for message in every]

    def heard_bytes(written: bytes) -> int:
        # What is being printed may be read as a shorter message, which it is not yet.
        known = takewhile(lambda pair: pair[0] == pair[1], zip(messages(written), every, strict=False))
        return sum(map(len, lines[: sum(1 for _ in known)]))

    waits = tuple(
        replace(wait, received_bytes=heard_bytes(evidence.received[: wait.received_bytes])) for wait in evidence.waits
    )
    return replace(evidence, received=b"".join(lines), waits=waits)
