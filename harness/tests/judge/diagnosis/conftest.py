"""What the tests of diagnosis share: trials as a program would have brought them about, without running anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import pytest

from shortread.catalogue.program import Program
from shortread.catalogue.table import CATALOGUE
from shortread.codec.loading import load_codec
from shortread.conversations.sizes import conversations_of_sizes
from shortread.conversations.table import conversations_of
from shortread.engine.plan import BASELINE_FAULT, Family
from shortread.faults.table import schedules_of
from shortread.judge.diagnosis import Candidates
from shortread.judge.oracle import Oracle
from shortread.results import Status, Trial
from shortread.schedule import parse_schedule
from shortread.selftest.foreseen import foreseen_trial
from shortread.selftest.pairs import answering
from shortread.spec.library import specs_folder
from shortread.stream import Conversation

FAULTS = ("whole", "together", "structure", "one-byte", "held", "half-close", "close", "reset")
_MOST_SCHEDULES = 12


@cache
def _candidates(protocol: str) -> Candidates:
    """For a spec that ships, with what a flawed server answers where that is left open."""
    codec = load_codec(specs_folder() / f"{protocol}.yaml")
    return Candidates(answering(codec) or codec)


@cache
def _oracles(protocol: str) -> tuple[Oracle, ...]:
    """One for each conversation of the spec, and for each single message of some size."""
    codec = _candidates(protocol).codec
    transcript = "json-lines" if codec.spec.reply == "transcript" else None
    every = (*conversations_of(codec), *conversations_of_sizes(codec))
    return tuple(Oracle(codec, conversation, transcript=transcript) for conversation in every)


def _family(oracle: Oracle, fault: str, most: int | None = None) -> Family:
    return Family(
        conversation=oracle.conversation,
        oracle=oracle,
        fault=fault,
        schedules=schedules_of(fault, oracle.conversation)[:most],
    )


def _trials(program: Program, protocol: str, families: Iterable[Family]) -> list[Trial]:
    return [
        foreseen_trial(program, family, schedule, _candidates(protocol))
        for family in families
        for schedule in family.schedules
    ]


def _sorted_out(trials: Iterable[Trial]) -> tuple[list[Trial], list[Trial]]:
    each = list(trials)
    return tuple([trial for trial in each if trial.verdict.status is status] for status in (Status.FAIL, Status.PASS))


@pytest.fixture(scope="session")
def candidates_of() -> Callable[[str], Candidates]:
    """`candidates_of(protocol)` are all candidates for a spec that ships."""
    return _candidates


@pytest.fixture(scope="session")
def program_of(candidates_of) -> Callable[..., Program]:
    """`program_of(code, protocol, words)` is the first program that makes a mistake and has the words."""

    def find(code: str, protocol: str = "text-u16", words: str = "") -> Program:
        programs = CATALOGUE[code].programs(candidates_of(protocol).codec)
        return next(program for program in programs if set(words.split()) <= set(program.axes.words))

    return find


@pytest.fixture(scope="session")
def conversation_of() -> Callable[..., Conversation]:
    """`conversation_of(protocol, name)` is a conversation of a spec that ships."""

    def find(protocol: str, name: str) -> Conversation:
        return _oracle(protocol, name).conversation

    return find


def _oracle(protocol: str, name: str) -> Oracle:
    return next(oracle for oracle in _oracles(protocol) if oracle.conversation.name == name)


@pytest.fixture(scope="session")
def trials_of() -> Callable[..., tuple[list[Trial], list[Trial]]]:
    """`trials_of(program, protocol)` are the failed and the passed trials of a check of that program."""

    def run(program: Program, protocol: str = "text-u16") -> tuple[list[Trial], list[Trial]]:
        oracles = [one for one in _oracles(protocol) if one.conversation.name.startswith("ordinary/")]
        families = [
            _family(oracle, fault, _MOST_SCHEDULES)
            for oracle in oracles
            if len(oracle.conversation.stream.frames) <= 3
            for fault in FAULTS
        ]
        return _sorted_out(_trials(program, protocol, families))

    return run


@pytest.fixture(scope="session")
def whole_trials_of() -> Callable[..., tuple[list[Trial], list[Trial]]]:
    """`whole_trials_of(program, protocol)` are those in which nothing is cut, of messages of all sizes."""

    def run(program: Program, protocol: str = "text-u16") -> tuple[list[Trial], list[Trial]]:
        families = [_family(oracle, BASELINE_FAULT) for oracle in _oracles(protocol)]
        return _sorted_out(_trials(program, protocol, families))

    return run


@pytest.fixture(scope="session")
def trial_of() -> Callable[..., Trial]:
    """`trial_of(program, protocol, conversation, schedule, fault)` is one trial, with the schedule as text."""

    def run(program: Program, protocol: str, conversation: str, schedule: str, fault: str = "every-cut") -> Trial:
        oracle = _oracle(protocol, conversation)
        parsed = parse_schedule(schedule, stream_bytes=len(oracle.conversation.stream.wire))
        return foreseen_trial(program, _family(oracle, fault, 0), parsed, _candidates(protocol))

    return run
