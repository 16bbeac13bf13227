"""A confirmed failure as a finding: everything that a report needs to show it, without the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shortread.catalogue.mistake import Mistake
from shortread.catalogue.table import CATALOGUE
from shortread.engine.naming import Named
from shortread.evidence import Evidence
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import judge, observed_replies
from shortread.results import Finding, FindingEvidence, FrameMark, Status, Trial
from shortread.stream import Kind, Stream
from shortread.value import describe


def finding_for(  # noqa: PLR0913 - a finding has that many sides, and half of them are named
    named: Named,
    confirmed: Trial,
    oracle: Oracle,
    *,
    failed_count: int,
    families: Mapping[str, tuple[int, int]],
    target: Sequence[str],
) -> Finding:
    """The finding of a mistake, shown by a failure that was confirmed.

    `target` is what stands behind `shortread replay ID` to name the implementation.
    """
    mistake = CATALOGUE[named.code]
    evidence = _evidence(confirmed, oracle)
    return Finding(
        code=named.code,
        name=mistake.name,
        certainty=named.certainty,
        explains=len(named.trials),
        of=failed_count,
        also=named.also,
        summary=_summary(mistake, confirmed, is_drawn=evidence.expected != evidence.observed),
        families=families,
        evidence=evidence,
        reproduce=("shortread", "replay", evidence.replay, *target),
    )


def _summary(mistake: Mistake, confirmed: Trial, *, is_drawn: bool) -> str:
    """What the mistake is, and what was wrong where that is not to be seen by the replies."""
    if mistake.code == "SR001" and confirmed.conversation.kind is Kind.MALFORMED:
        what_is_wrong = confirmed.conversation.stream.frames[-1].message
        assert isinstance(what_is_wrong, str)
        return f"a frame that must be refused ({what_is_wrong}) is accepted: {_sentence(confirmed)}"
    return mistake.summary if is_drawn and mistake.code != "SR003" else f"{mistake.summary}: {_sentence(confirmed)}"


def _evidence(trial: Trial, oracle: Oracle) -> FindingEvidence:
    connection, evidence = _shown(trial, oracle)
    segments, stream = trial.schedule.segments_on(connection), trial.conversation.stream
    expectation = oracle.expect(evidence.sent_bytes, half_closed=evidence.half_closed)
    frames, violation = observed_replies(evidence, oracle)
    observed = [describe(frame.message) for frame in frames]
    if violation is not None:
        rest = evidence.received[sum(len(frame.wire) for frame in frames) :]
        observed.append(f"no frame ({violation.code}): {describe(rest)}")
    return FindingEvidence(
        replay=f"{oracle.spec.protocol}/{trial.conversation.name}@{trial.schedule}",
        segments=tuple(stream.wire[segment.start : segment.end].hex() for segment in segments),
        expected=tuple(str(reply.expected) for reply in expectation.replies),
        observed=tuple(observed),
        ended=evidence.ending,
        marks=_marks(stream, segments[-1].end if segments else 0),
    )


def _shown(trial: Trial, oracle: Oracle) -> tuple[int, Evidence]:
    """The first connection that shows the failure, and its evidence."""
    if not trial.evidence.others:
        return trial.schedule.connections[0], trial.evidence
    each = (replace(trial.evidence, others=(), growth=None), *trial.evidence.others)
    numbered = list(zip(trial.schedule.connections, each, strict=False))
    return next((one for one in numbered if judge(one[1], oracle).status is Status.FAIL), numbered[0])


def _marks(stream: Stream, sent_bytes: int) -> tuple[FrameMark, ...]:
    """The fields of every frame of which something was sent."""
    return tuple(
        FrameMark(frame=number, name=span.name, role=span.role, start=start + span.start, end=start + span.end)
        for number, (start, frame) in enumerate(zip(stream.frame_starts, stream.frames, strict=True))
        if start < sent_bytes
        for span in frame.spans
    )


def _sentence(trial: Trial) -> str:
    reasons = [reason.text for reason in (trial.verdict.replies, trial.verdict.ending) if reason is not None]
    return "; ".join(reasons)
