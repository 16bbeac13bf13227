"""The names of one run: what is compared, what is tried further, and what is named by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shortread.catalogue.loop import Loop
from shortread.catalogue.program import Program
from shortread.catalogue.table import CATALOGUE
from shortread.codec.loading import load_codec
from shortread.codec.requests import Decode
from shortread.engine.findings import group_by_cause
from shortread.engine.naming import Confirmed, Named, Naming
from shortread.engine.plan import Plan, plan_for
from shortread.faults.profile import load_profile
from shortread.judge.diagnosis import Candidates
from shortread.results import Status, Trial
from shortread.selftest.foreseen import deliveries, foreseen_trial
from shortread.spec.library import specs_folder

_LONGEST_BYTES = 2048


class Check:
    """A check of a program that is thought about, with every delivery that was tried further."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._candidates = Candidates(plan.codec)
        self.further: list[str] = []

    def program(self, code: str, words: str) -> Program:
        programs = CATALOGUE[code].programs(self._plan.codec)
        return next(program for program in programs if set(words.split()) <= set(program.axes.words))

    @property
    def conforming(self) -> Program:
        return self._candidates.conforming

    def names(self, program: Program) -> tuple[Named, ...]:
        every = deliveries(self._plan, longest_bytes=_LONGEST_BYTES)
        trials = [foreseen_trial(program, family, schedule, self._candidates) for family, schedule in every]
        groups = group_by_cause([trial for trial in trials if trial.verdict.status is Status.FAIL])
        confirmed = {code: Confirmed(trial=group[0], trials=tuple(group)) for code, group in groups.items()}
        passed = [trial for trial in trials if trial.verdict.status is Status.PASS]

        def run(family, schedule) -> Trial:
            self.further.append(family.conversation.name)
            return foreseen_trial(program, family, schedule, self._candidates)

        return Naming(self._plan, passed, run).names(confirmed)


@pytest.fixture
def check() -> Check:
    """A quick check of programs that serve text-u16."""
    return Check(plan_for(load_codec(Path(specs_folder()) / "text-u16.yaml"), load_profile("quick")))


class _Lenient(Loop):
    """Text that is no text is taken all the same."""

    def decode(self, request: Decode) -> str | None:
        return request.octets.decode(request.charset, errors="replace")


def test_nothing_failed(check: Check) -> None:
    assert check.names(check.conforming) == ()


def test_who_decodes_leniently_reads_whole_messages(check: Check) -> None:
    """Only frames that must be refused fail, and those say nothing of how a stream is read."""
    (named,) = check.names(replace(check.conforming, loop=_Lenient))
    assert (named.code, named.certainty) == ("SR001", "unexplained")
    assert {trial.conversation.name.partition("/")[0] for trial in named.trials} == {"malformed"}


def test_a_message_of_another_size_tells_two_names_apart(check: Check) -> None:
    """Reads that are never full look like reads that are whole messages, but for one that fills the buffer."""
    (named,) = check.names(check.program("SR107", "buffer-1024 carries-on"))
    assert (named.code, named.certainty, named.also) == ("SR107", "exact", ())
    assert any(name.startswith("boundary/of-") for name in check.further)


def test_few_deliveries_are_tried_further(check: Check) -> None:
    for mistake in CATALOGUE.values():
        for program in mistake.programs(load_codec(specs_folder() / "text-u16.yaml"))[:1]:
            check.further.clear()
            check.names(program)
            assert len(check.further) <= 12


def test_every_failed_trial_belongs_to_one_name_at_most(check: Check) -> None:
    named = check.names(check.program("SR102", "exact closes"))
    keys = [(trial.conversation.name, trial.schedule) for one in named for trial in one.trials]
    assert len(keys) == len(set(keys)) > 0
