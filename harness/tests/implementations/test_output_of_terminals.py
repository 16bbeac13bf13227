"""Output that is a transcript: a terminal for the process, every octet kept, and nothing changed on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shortread.implementations.output import TAIL_BYTES, Output
from shortread.implementations.process import RunningProcess, clean_environment

Until = Callable[[Callable[[], object]], object]
Script = Callable[[str], list[str]]


@pytest.fixture
def terminal() -> Iterator[Output]:
    """An output that is a terminal."""
    output = Output(is_terminal=True)
    yield output
    output.close_writing_end()
    output.close()


@pytest.fixture
def run(script: Script, tmp_path: Path) -> Iterator[Callable[[str], RunningProcess]]:
    """`run(source)` starts a program with a transcript, in the environment of implementations."""
    started: list[RunningProcess] = []

    def start(source: str) -> RunningProcess:
        process = RunningProcess(
            script(source), folder=tmp_path, environment=clean_environment({}), has_transcript=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.end()


def test_the_writing_end_is_a_terminal(terminal: Output) -> None:
    assert os.isatty(terminal.writing_end)


def test_octets_arrive_as_they_were_written(terminal: Output) -> None:
    """A terminal that is not raw would make two octets of a line end, and act on control characters."""
    every_octet = bytes(range(256))
    os.write(terminal.writing_end, every_octet)
    assert terminal.since(0) == every_octet


def test_what_was_printed_before_a_position_is_forgotten(terminal: Output) -> None:
    os.write(terminal.writing_end, b"ready\n")
    first = terminal.position()
    os.write(terminal.writing_end, b"one\n")
    assert terminal.since(first) == b"one\n"
    assert terminal.since(first) == b"one\n"
    second = terminal.position()
    os.write(terminal.writing_end, b"two\n")
    assert (first, second, terminal.since(second)) == (6, 10, b"two\n")


def test_more_than_the_tail_is_kept(terminal: Output) -> None:
    """Written in parts, because a terminal takes only so much until somebody reads."""
    position = terminal.position()
    written = 0
    while written <= 4 * TAIL_BYTES:
        written += os.write(terminal.writing_end, b"x" * 1000)
        terminal.since(position)
    assert terminal.since(position) == b"x" * written
    assert terminal.tail() == "x" * TAIL_BYTES


def test_a_pipe_keeps_its_tail_only() -> None:
    output = Output()
    os.write(output.writing_end, b"hello\n")
    assert output.since(output.position()) == b""
    output.close_writing_end()
    output.close()
    assert output.tail() == "hello\n"


def test_what_is_printed_without_flush_arrives_line_by_line(run: Callable[[str], RunningProcess], until: Until) -> None:
    process = run("import threading; print('hello'); threading.Event().wait()")
    until(lambda: process.transcript.since(0) == b"hello\n")
    assert process.death() is None


def test_errors_are_no_transcript(run: Callable[[str], RunningProcess], until: Until) -> None:
    process = run("import sys; sys.stderr.write('a warning\\n'); print('hello')")
    until(process.death)
    process.end()
    assert process.transcript.since(0) == b"hello\n"
    assert process.output_tail() == "hello\n\na warning\n"
