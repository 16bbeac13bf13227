"""Servers with a mistake: the harness finds it, and what they show over TCP is what the simulation foretold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import shortread.cli.main
from shortread.catalogue.program import Program
from shortread.catalogue.session import State
from shortread.catalogue.simulation import simulate
from shortread.catalogue.table import CATALOGUE
from shortread.cli.main import _status_of
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.evidence import Ending, Evidence
from shortread.faults.table import schedules_of
from shortread.implementations.implementation import from_command
from shortread.implementations.ports import PortChooser
from shortread.implementations.server import RunningServer
from shortread.judge.diagnosis.agreement import agrees
from shortread.judge.oracle import Oracle
from shortread.performer import commands_for
from shortread.schedule import Schedule
from shortread.spec.library import specs_folder
from shortread.stream import Conversation
from shortread.wire.link import Link
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts servers and looks at their sockets")

HARNESS = str(Path(shortread.cli.main.__file__).parents[2])
START = f"import sys; sys.path.insert(0, {HARNESS!r}); from shortread.cli.main import main; main(sys.argv[1:])"
"""A server is started without our environment."""


def command(code: str, protocol: str, words: str = "") -> tuple[str, ...]:
    return (sys.executable, "-c", START, "serve-flawed", code, "--spec", protocol, "--port", "{port}", "--axes", words)


# The harness finds what is wrong with them.

CHECKED = [
    ("SR101", "text-u16", "structure"),
    ("SR201", "netstring", "together"),
    ("SR601", "text-u16", "interleaved"),
    ("SR602", "delimited-crlf", "interleaved"),
    ("SR603", "netstring", "churn"),
]
"""Each with a fault that shows it; the rest of a check would only take time."""


@pytest.mark.parametrize(("code", "protocol", "fault"), CHECKED)
def test_a_check_fails(code: str, protocol: str, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["check", "--profile", "quick", "--spec", protocol, "-k", f"{fault} and ordinary"]
    assert _status_of([*words, "--", *command(code, protocol)]) == 1, capsys.readouterr().out


# What they show is what was foretold.

FORETOLD = [
    ("SR101", "text-u16", "exact carries-on"),
    ("SR101", "netstring", "buffer-65536 closes"),
    ("SR102", "digits-5", "exact rubbish"),
    ("SR102", "json-header", "same-read closes"),
    ("SR103", "delimited-crlf", "first-only"),
    ("SR104", "text-u16", "exact counted"),
    ("SR105", "delimited-crlf", ""),
    ("SR107", "fixed-16", "buffer-1024 carries-on"),
    ("SR111", "delimited-escaped", ""),
    ("SR201", "text-u16", ""),
    ("SR202", "netstring", ""),
    ("SR203", "delimited-lf", "more-needed"),
    ("SR205", "type-byte", "one-more"),
    ("SR206", "http-like", ""),
    ("SR207", "delimited-lf", ""),
    ("SR301", "text-u16", "rubbish"),
    ("SR304", "netstring", ""),
    ("SR306", "digits-hash", ""),
    ("SR307", "fixed-16", ""),
    ("SR306", "two-way-stream", ""),
    ("SR402", "text-u16", ""),
    ("SR505", "request-reply-close", ""),
]
FAULTS = ("whole", "together", "structure", "held", "half-close", "close", "reset", "one-byte")
_MOST_SCHEDULES = 5


def program_of(code: str, codec: FrameCodec, words: str) -> Program:
    programs = CATALOGUE[code].programs(codec)
    return next(program for program in programs if set(words.split()) <= set(program.axes.words))


def trials(codec: FrameCodec) -> Iterator[tuple[Conversation, Schedule]]:
    """A conversation of three messages, or of as many as there are, in a few ways of every kind."""
    ordinary = [one for one in conversations_of(codec) if one.name.startswith("ordinary/")]
    conversation = next((one for one in ordinary if len(one.stream.frames) == 3), ordinary[0])
    for fault in FAULTS:
        schedules = schedules_of(fault, conversation)
        step = max(1, len(schedules) // _MOST_SCHEDULES)
        # The first matter most.
        yield from ((conversation, schedule) for schedule in (*schedules[:2], *schedules[2::step]))


@pytest.fixture
def observe(tmp_path: Path) -> Iterator[Callable[..., Evidence]]:
    """`observe(code, protocol, words, oracle, schedule)` performs one trial with every boundary settled."""
    ports, diag = PortChooser(Random(str(tmp_path))), SockDiag()
    servers: list[tuple[RunningServer, Link]] = []

    def run(code: str, protocol: str, words: str, oracle: Oracle, schedule: Schedule) -> Evidence:
        if not servers:
            server = RunningServer(from_command(protocol, command(code, protocol, words)), ports=ports).__enter__()
            servers.append((server, Link(server.opening, server.watch, diag)))
        server, link = servers[0]
        evidence = link.perform(commands_for(schedule, oracle, settle_every_boundary=True), Patience())
        if evidence.ending not in (Ending.CLOSED, Ending.CLOSED_EARLY, Ending.RESET_EARLY):
            evidence = replace(evidence, death=link.death())
            server.end()
            servers.clear()
        return evidence

    yield run
    for server, _ in servers:
        server.end()
    diag.close()


@pytest.mark.parametrize(("code", "protocol", "words"), FORETOLD)
def test_the_simulation_foretells_the_evidence(code: str, protocol: str, words: str, observe) -> None:
    codec = load_codec(specs_folder() / f"{protocol}.yaml")
    program, conforming = program_of(code, codec, words), Program(codec=codec, writing=codec)
    half_closes = codec.spec.reply != "close"
    deviating = 0
    for conversation, schedule in trials(codec):
        wire = conversation.stream.wire
        shown = simulate(program, wire, schedule, half_closes=half_closes)
        evidence = observe(code, protocol, words, Oracle(codec, conversation), schedule)
        assert agrees(shown, evidence), f"{schedule}\n{shown}\n{evidence}"
        deviating += shown != simulate(conforming, wire, schedule, half_closes=half_closes)
    assert deviating > 0


@pytest.mark.parametrize(
    ("code", "words", "state"), [("SR302", "", State.SPINNING), ("SR303", "", State.STUCK), ("SR305", "", State.DEAD)]
)
def test_what_becomes_of_a_program_is_foretold_too(code: str, words: str, state: State, observe) -> None:
    codec = load_codec(specs_folder() / "text-u16.yaml")
    conversation = conversations_of(codec)[0]
    (*_, schedule) = schedules_of("half-close", conversation)[:3]
    shown = simulate(program_of(code, codec, words), conversation.stream.wire, schedule)
    evidence = observe(code, "text-u16", words, Oracle(codec, conversation), schedule)
    assert shown.state is state
    if state is State.DEAD:
        assert evidence.ending in (Ending.CLOSED, Ending.RESET)
    else:
        assert agrees(shown, evidence)


# What it refuses, and why.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["SR999", "--spec", "netstring"], "found SR999"),
        (["SR105", "--spec", "netstring"], "netstring, which has no delimiter of two octets or more"),
        (["SR001", "--spec", "netstring"], "is the absence of a mistake in the receive loop"),
        (["SR101", "--spec", "text-u16", "--axes", "backwards"], "'exact closes'"),
    ],
)
def test_it_says_why_it_cannot_serve(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _status_of(["serve-flawed", *arguments, "--port", "0"]) == 2
    assert said in capsys.readouterr().err
