"""Which trials are compared: thinking about all of them would take longer than running them did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, islice, zip_longest

from shortread.evidence import Ending, Proof
from shortread.results import Trial
from shortread.schedule import Schedule, Send, StopReading

SHORT_BYTES = 2048
"""Up to so many octets come as one read wherever they are sent as one segment."""

ANY_BYTES = 1 << 20
_MOST_SEGMENTS = 64
_MOST_SEGMENTS_FOR_TWO = 256
"""It costs less to compare two candidates than all of them."""
_MOST_SEGMENTS_OF_ONE_TRIAL = 2048
_UNPROVEN = frozenset({Proof.ASSUMED, Proof.MERGED})


def is_comparable(trial: Trial, *, longest_bytes: int = SHORT_BYTES) -> bool:
    """Whether all candidates can be compared with what was seen."""
    return is_foreseeable(trial.schedule) and len(trial.conversation.stream.wire) <= longest_bytes and is_certain(trial)


def longest_comparable_bytes(failed: Iterable[Trial]) -> int:
    """Long messages, which may be cut without our help, are compared only where no short one failed."""
    return SHORT_BYTES if any(map(is_comparable, failed)) else ANY_BYTES


def is_certain(trial: Trial) -> bool:
    """Whether it is sure what was read apart from what, on a single connection that existed at all."""
    evidence = trial.evidence
    return (
        not (evidence.others or evidence.given_up or evidence.growth)
        # It may have been the trial before that ended the process.
        and not (evidence.death is not None and trial.predecessor is not None)
        and evidence.ending not in (Ending.REFUSED, Ending.FLOODING)
        and not any(boundary.proof in _UNPROVEN for boundary in evidence.boundaries)
    )


def is_foreseeable(schedule: Schedule) -> bool:
    """Whether a simulated connection can carry it out, and at once."""
    return _is_simple(schedule) and _segment_count(schedule) <= _MOST_SEGMENTS


def may_tell_two_apart(schedule: Schedule) -> bool:
    """Whether two candidates can be compared in it in a moment."""
    return _is_simple(schedule) and _segment_count(schedule) <= _MOST_SEGMENTS_FOR_TWO


def _is_simple(schedule: Schedule) -> bool:
    is_never_read = any(isinstance(action, StopReading) for action in schedule.actions)
    return len(schedule.connections) <= 1 and not is_never_read


def is_soon_foreseen(schedule: Schedule) -> bool:
    """Whether simulated connections can carry it out in a moment, reading what comes back or not."""
    return _segment_count(schedule) <= _MOST_SEGMENTS_OF_ONE_TRIAL


def _segment_count(schedule: Schedule) -> int:
    sends = (action for action in schedule.actions if isinstance(action, Send))
    return sum((send.end - send.start) // (send.by_bytes or send.end) + 1 for send in sends)


def sample(trials: Iterable[Trial], *, most: int, longest_bytes: int = SHORT_BYTES) -> tuple[Trial, ...]:
    """At most so many comparable trials: of each kind in turn, the smallest of each kind first."""
    kinds: defaultdict[tuple[object, ...], list[Trial]] = defaultdict(list)
    for trial in trials:
        if is_comparable(trial, longest_bytes=longest_bytes):
            kinds[_kind(trial)].append(trial)
    ranked = [sorted(kind, key=_size) for kind in kinds.values()]
    taken = chain.from_iterable(zip_longest(*ranked))
    return tuple(islice(filter(None, taken), most))


def _kind(trial: Trial) -> tuple[object, ...]:
    """What happened, in short: two trials of one kind seldom say more than one of them does."""
    replies, ending = trial.verdict.replies, trial.verdict.ending
    return trial.fault, replies and replies.symptom, ending and ending.symptom, _role_of_first_cut(trial)


def _role_of_first_cut(trial: Trial) -> str | None:
    """Inside which field the stream was cut first, or between which."""
    stream = trial.conversation.stream
    cut = _first_end(trial.schedule.segments)
    inside = next((span for span in stream.spans() if span.start < cut < span.end), None)
    if inside is not None:
        return str(inside.role)
    return "between messages" if cut in (*stream.frame_starts, len(stream.wire)) else "between fields"


def _first_end(segments: Sequence[Send]) -> int:
    return next((next(segment.segments()).end for segment in segments), 0)


def _size(trial: Trial) -> tuple[int, int, int]:
    segments = trial.schedule.segments
    return len(trial.conversation.stream.frames), len(segments), _first_end(segments)
