"""What the tests of diagnosis share: trials as a program would have brought them about, without running anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from shortread.catalogue.program import Program
from shortread.catalogue.session import State
from shortread.catalogue.simulation import Shown, simulate
from shortread.catalogue.table import CATALOGUE
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.evidence import Ending, Evidence, Wait, WaitOutcome
from shortread.faults.table import schedules_of
from shortread.judge.diagnosis import Candidates
from shortread.judge.oracle import Oracle
from shortread.judge.verdict import judge
from shortread.results import Status, Trial
from shortread.schedule import Close, Reset, Schedule, Send
from shortread.spec.library import specs_folder

FAULTS = ("whole", "together", "structure", "one-byte", "held", "half-close", "close", "reset")
_MOST_SCHEDULES = 12


@cache
def _candidates(protocol: str) -> Candidates:
    return Candidates(load_codec(specs_folder() / f"{protocol}.yaml"))


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
def trials_of(candidates_of) -> Callable[..., tuple[list[Trial], list[Trial]]]:
    """`trials_of(program, protocol)` are the failed and the passed trials of a check of that program."""

    def run(program: Program, protocol: str = "text-u16") -> tuple[list[Trial], list[Trial]]:
        trials = [
            _trial(program, oracle, fault, schedule)
            for oracle in _oracles(candidates_of(protocol).codec)
            for fault in FAULTS
            for schedule in schedules_of(fault, oracle.conversation)[:_MOST_SCHEDULES]
        ]
        failed = [trial for trial in trials if trial.verdict.status is Status.FAIL]
        return failed, [trial for trial in trials if trial.verdict.status is Status.PASS]

    return run


@cache
def _oracles(codec: FrameCodec) -> tuple[Oracle, ...]:
    ordinary = [one for one in conversations_of(codec) if one.name.startswith("ordinary/")]
    return tuple(Oracle(codec, one) for one in ordinary if len(one.stream.frames) <= 3)


def _trial(program: Program, oracle: Oracle, fault: str, schedule: Schedule) -> Trial:
    conversation = oracle.conversation
    half_closes = program.codec.spec.reply != "close"
    shown = simulate(program, conversation.stream.wire, schedule, half_closes=half_closes)
    evidence = _evidence(shown, schedule, oracle)
    verdict = judge(evidence, oracle)
    return Trial(conversation=conversation, fault=fault, schedule=schedule, verdict=verdict, evidence=evidence)


_ENDINGS = {
    State.CLOSED: Ending.CLOSED,
    State.DEAD: Ending.CLOSED,
    State.SPINNING: Ending.SPINNING,
    State.STUCK: Ending.WAITING,
    State.READING: Ending.WAITING,
}


def _evidence(shown: Shown, schedule: Schedule, oracle: Oracle) -> Evidence:
    sent = [action.end for action in schedule.actions if isinstance(action, Send)]
    ending = _ENDINGS[shown.state]
    if shown.left_at is not None:
        ending = Ending.RESET_EARLY if shown.has_unread else Ending.CLOSED_EARLY
    ends_otherwise = isinstance(schedule.actions[-1], Close | Reset)
    return Evidence(
        sent_bytes=max(sent, default=0) if shown.left_at is None else shown.left_at,
        boundaries=(),
        waits=tuple(
            Wait(
                sent_bytes=wait.sent_bytes,
                received_bytes=wait.received_bytes,
                outcome=_outcome(oracle, wait.sent_bytes, shown.received[: wait.received_bytes]),
                is_settled=True,
            )
            for wait in shown.waits
        ),
        received=shown.received,
        ending=ending,
        half_closed=shown.left_at is None and not ends_otherwise,
        death="exited with status 1" if shown.state is State.DEAD else None,
    )


def _outcome(oracle: Oracle, sent_bytes: int, received: bytes) -> WaitOutcome:
    is_met = oracle.expect(sent_bytes).is_met_by(received)
    return WaitOutcome.ANSWERED if is_met else WaitOutcome.QUIET
