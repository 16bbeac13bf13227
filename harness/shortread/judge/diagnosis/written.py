"""What somebody wrote down, in whatever form, as all programs of the catalogue write it down."""

from __future__ import annotations

from dataclasses import replace

from shortread.catalogue.answers import written_down
from shortread.evidence import Evidence
from shortread.judge.oracle import Oracle
from shortread.results import Trial


def in_one_form(trial: Trial, oracle: Oracle) -> Trial:
    """The trial, with what was written down on each connection as the lines of JSON that a candidate would write."""
    evidence = trial.evidence
    others = tuple(_rewritten(other, oracle) for other in evidence.others)
    return replace(trial, evidence=replace(_rewritten(evidence, oracle), others=others))


def _rewritten(evidence: Evidence, oracle: Oracle) -> Evidence:
    read = oracle.expect(evidence.sent_bytes, half_closed=evidence.half_closed).read

    def lines(written: bytes) -> bytes:
        frames, _ = read(written, (), ())
        return b"".join(written_down(frame.message) for frame in frames)

    waits = tuple(
        replace(wait, received_bytes=len(lines(evidence.received[: wait.received_bytes]))) for wait in evidence.waits
    )
    return replace(evidence, received=lines(evidence.received), waits=waits)
