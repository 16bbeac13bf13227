"""The deliveries that tell two candidates apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shortread.catalogue.program import Program
from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.sampling import may_tell_two_apart
from shortread.schedule import Schedule
from shortread.stream import Conversation


def differences(
    candidates: Candidates, one: Program, other: Program, pool: Iterable[tuple[Conversation, Schedule]]
) -> Iterator[tuple[Conversation, Schedule]]:
    """Those of the pool for which the two would show something else, in the order of the pool.

    Give the small ones first, and take no more than are needed: each is thought about when it is asked for.
    """
    for conversation, schedule in pool:
        if may_tell_two_apart(schedule) and (
            candidates.shown(one, conversation, schedule) != candidates.shown(other, conversation, schedule)
        ):
            yield conversation, schedule
