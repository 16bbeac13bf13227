"""Two independent mistakes in one program: whether both get their names.

All pairs of the twelve commonest mistakes, on three specs, that do not hide each other: each shows alone in some trial.
What the programs would show is simulated; what is found is named as in a check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from bench.figure import Figure
from bench.subjects import codec_of
from shortread.catalogue.axes import Reading
from shortread.catalogue.program import Program, both
from shortread.engine.findings import group_by_cause
from shortread.engine.naming import Confirmed, Naming
from shortread.engine.plan import Family, Plan, plan_for
from shortread.faults.profile import load_profile
from shortread.judge.diagnosis import Candidates
from shortread.results import Status, Trial
from shortread.schedule import Schedule
from shortread.selftest.foreseen import deliveries, foreseen_trial

_SPECS = ("netstring", "text-u16", "delimited-crlf")
_COMMONEST = frozenset(
    ["SR101", "SR102", "SR103", "SR105", "SR106", "SR201", "SR203", "SR301", "SR302", "SR303", "SR305", "SR405"]
)
_LONGEST_BYTES = 2048


def measure() -> Iterator[Figure]:
    """How many pairs have both names, and how many have one at least."""
    named = [count for spec in _SPECS for count in _named(spec)]
    two, one = (100 * sum(count >= least for count in named) / len(named) for least in (2, 1))
    yield Figure(
        name=f"both of two mistakes named, of {len(named)} pairs", measured=two, unit="%", relation=">=", bound=80
    )
    yield Figure(name="one of two mistakes named at least", measured=one, unit="%", relation=">=", bound=100)


def _named(spec: str) -> Iterator[int]:
    """For each pair that does not hide itself, how many of the two are named."""
    plan = plan_for(codec_of(spec), load_profile("quick"))
    candidates = Candidates(plan.codec)
    firsts: dict[str, Program] = {}
    for program in sorted(candidates.programs, key=lambda one: one.axes.reading is not Reading.BUFFER):
        if program.code in _COMMONEST:
            firsts.setdefault(program.code, program)
    for pair in combinations(sorted(firsts), 2):
        one, other = (firsts[code] for code in pair)
        program = both(one, other)
        if program is not None and not _hide_each_other(program, one, other, plan, candidates):
            yield len(set(pair) & _names(program, plan, candidates))


def _hide_each_other(program: Program, one: Program, other: Program, plan: Plan, candidates: Candidates) -> bool:
    """Whether one of two mistakes never shows as it does alone, where the other does not show."""

    def shows(mistaken: Program, right: Program, family: Family, schedule: Schedule) -> bool:
        conforming, alone, without, together = (
            candidates.shown(each, family.conversation, schedule)
            for each in (candidates.conforming, mistaken, right, program)
        )
        return alone == together and alone != conforming and without == conforming

    every = list(deliveries(plan, longest_bytes=_LONGEST_BYTES))
    return not all(
        any(shows(mistaken, right, family, schedule) for family, schedule in every)
        for mistaken, right in ((one, other), (other, one))
    )


def _names(program: Program, plan: Plan, candidates: Candidates) -> set[str]:
    """The codes of everything that is found, with those that are as good."""

    def run(family: Family, schedule: Schedule) -> Trial:
        return foreseen_trial(program, family, schedule, candidates)

    trials = [run(family, schedule) for family, schedule in deliveries(plan, longest_bytes=_LONGEST_BYTES)]
    groups = group_by_cause([trial for trial in trials if trial.verdict.status is Status.FAIL])
    confirmed = {code: Confirmed(trial=group[0], trials=tuple(group)) for code, group in groups.items()}
    passed: Sequence[Trial] = [trial for trial in trials if trial.verdict.status is Status.PASS]
    found = Naming(plan, passed, run).names(confirmed)
    return {code for one in found for code in (one.code, *one.also[:1])}
