"""Endings that are wrong by themselves, whatever was sent before and however it was cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shortread.evidence import Ending
from shortread.results import Symptom, Trial
from shortread.schedule import Close, Reset
from shortread.stream import Kind

_NEVER_ENDS = frozenset({Symptom.SPIN, Symptom.NEVER_CLOSED})
_ENDINGS: Mapping[Symptom, str] = {
    Symptom.SPIN: "SR302",
    Symptom.NEVER_CLOSED: "SR303",
    Symptom.DIED: "SR305",
    Symptom.DEAD_AFTERWARDS: "SR305",
}
"""What endings mean that are wrong by themselves."""


def named_by_ending(failed: Sequence[Trial]) -> str | None:
    """The code of what is wrong where nothing but the ends are."""
    if not all(map(_shows_itself, failed)):
        return None
    (first, *_) = failed
    return _ENDINGS[first.verdict.ending.symptom] if first.verdict.ending and first.verdict.ending.symptom else None


def ends_service(trial: Trial) -> bool:
    """Whether an end of the service would be the work of a client that broke off, broke the rules, or was done."""
    evidence, stream = trial.evidence, trial.conversation.stream
    is_finished = trial.schedule.segments and trial.schedule.segments[-1].end == len(stream.wire)
    ends = (isinstance(action, Close | Reset) for action in trial.schedule.actions)
    is_bad_client = not is_finished or any(ends) or trial.conversation.kind is Kind.MALFORMED
    was_served = evidence.sent_bytes == len(stream.wire)
    return is_bad_client or was_served or evidence.ending is Ending.REFUSED


def _shows_itself(trial: Trial) -> bool:
    """Whether only the end is wrong, and not because of the way in which a stream was cut."""
    replies, ending = trial.verdict.replies, trial.verdict.ending
    if replies is not None or ending is None:
        return False
    return ending.symptom in _ENDINGS and (ending.symptom in _NEVER_ENDS or ends_service(trial))
