"""Each fault finds a mistake that the whole conversation hides, and passes nobody whose boundaries are not proven."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shortread.faults.table import FAULTS

Command = Callable[..., Any]
Server = Callable[..., str]
Under = Callable[..., Any]

LONG = r"""
    shortread: spec/1
    protocol: long
    title: Longer lines
    reference: none
    frame: {delimiter: "\n", max: 2000}
    reply: echo
    messages: [a, bcdef, BODY]
    """

PROGRAM = """
import contextlib, os, select, socket, sys, threading, time

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))


def serve(connection):
    buffer = b""
    while octets := connection.recv(65536):
        buffer += octets
        *lines, buffer = buffer.split(b"\\n")
        for line in lines:
            connection.sendall(line + b"\\n")


def run(connection):
    with contextlib.suppress(ConnectionError), connection:
        serve(connection)


def for_each():
    while True:
        threading.Thread(target=run, args=[listener.accept()[0]], daemon=True).start()


def one_by_one():
    while True:
        run(listener.accept()[0])


"""
"""Everything that a server of lines needs; what follows in a test replaces a part of it."""


@pytest.fixture
def serving(server: Server, folder: Path) -> Server:
    """`serving(flaw)` is a server of lines with the flaw put behind its functions, and started."""
    (folder / "long.yaml").write_text(textwrap.dedent(LONG).replace("BODY", "x" * 1000))
    (folder / "huge.yaml").write_text(textwrap.dedent(LONG).replace("2000", "60000").replace("BODY", "x" * 50000))

    def make(flaw: str = "", *, accept: str = "for_each()", **keys: object) -> str:
        return server(
            f"{PROGRAM}{textwrap.dedent(flaw)}\n{accept}\n", **{"time_limits": {"patience_seconds": 1}, **keys}
        )

    return make


@pytest.fixture
def under(in_process: Command, folder: Path) -> Under:
    """`under(fault, server)` checks the server under this fault and no other, with nothing that is malformed."""

    def check(fault: str, target: str, *options: str) -> Any:
        share = {"conversations": ["ordinary", "boundary", "hostile"]}
        profile = {"shortread": "profile/1", "name": f"only {fault}", "faults": {fault: share}}
        (folder / f"{fault}.yaml").write_text(json.dumps(profile))
        return in_process("check", "--profile", f"{fault}.yaml", *options, target)

    return check


def codes(ended: Any) -> set[str]:
    return set(re.findall(r"\bSR\d{3}\b", ended.output))


def found_by(ended: Any) -> set[str]:
    """The faults whose trials show findings."""
    assert (ended.status, ended.errors) == (1, "")
    return set(re.findall(r"^  faults +(\S+) \d", ended.output, re.MULTILINE))


TAKES_ONE_READ_FOR_ONE_MESSAGE = """
    def serve(connection):
        while octets := connection.recv(65536):
            connection.sendall(octets.partition(b"\\n")[0] + b"\\n")  # BUG: what is behind the first line is lost
    """

READS_TWICE = """
    def serve(connection):
        buffer = b""
        while octets := connection.recv(65536):
            buffer += octets
            if b"\\n" not in buffer:
                buffer += connection.recv(65536)  # BUG: may not be enough either
            while buffer:
                line, _, buffer = buffer.partition(b"\\n")
                connection.sendall(line + b"\\n")
                if b"\\n" not in buffer:
                    break
    """

READS_EIGHT_TIMES = """
    def serve(connection):
        buffer, tries = b"", 0
        while octets := connection.recv(65536):
            buffer += octets
            tries += 1
            if tries == 8 and b"\\n" not in buffer:
                break  # BUG: a message may take more
            *lines, buffer = buffer.split(b"\\n")
            for line in lines:
                tries = 0
                connection.sendall(line + b"\\n")
    """

WANTS_A_READ_TO_END_WITH_A_MESSAGE = """
    def serve(connection):
        buffer = b""
        while octets := connection.recv(65536):
            buffer += octets
            if buffer.endswith(b"\\n"):  # BUG: the messages before the last are complete all the same
                connection.sendall(buffer)
                buffer = b""
    """

TAKES_THE_END_FOR_A_DELIMITER = """
    def serve(connection):
        buffer = b""
        while octets := connection.recv(65536):
            *lines, buffer = (buffer + octets).split(b"\\n")
            for line in lines:
                connection.sendall(line + b"\\n")
        if buffer:
            connection.sendall(buffer + b"\\n")  # BUG: the message is not complete
    """

LOOKS_FOR_THE_END_FIRST = """
    def serve(connection):
        buffer, poll = b"", select.poll()
        poll.register(connection, select.POLLIN | select.POLLRDHUP)
        while not poll.poll()[0][1] & select.POLLRDHUP:  # BUG: octets may be there as well
            *lines, buffer = (buffer + connection.recv(65536)).split(b"\\n")
            for line in lines:
                connection.sendall(line + b"\\n")
    """

DIES_OF_AN_UNFINISHED_MESSAGE = """
    def run(connection):
        buffer = b""
        while octets := connection.recv(65536):
            *lines, buffer = (buffer + octets).split(b"\\n")
            for line in lines:
                connection.sendall(line + b"\\n")
        if buffer:
            raise EOFError("the stream ended inside a message")  # BUG: nobody catches it
        connection.close()
    """

DIES_OF_A_RESET = """
    def run(connection):
        with connection:
            serve(connection)  # BUG: nobody catches ConnectionResetError
    """

SPINS_ON_A_RESET = """
    def serve(connection):
        buffer, poll = b"", select.poll()
        poll.register(connection, select.POLLIN)
        while True:
            if poll.poll()[0][1] != select.POLLIN:
                continue  # BUG: an error comes with other bits, and does not go away
            octets = connection.recv(65536)
            if not octets:
                break
            *lines, buffer = (buffer + octets).split(b"\\n")
            for line in lines:
                connection.sendall(line + b"\\n")
    """

SHARES_A_BUFFER = """
    buffer = bytearray()

    def serve(connection):
        while octets := connection.recv(65536):
            buffer.extend(octets)  # BUG: that of everybody
            while b"\\n" in buffer:
                line, _, rest = bytes(buffer).partition(b"\\n")
                buffer[:] = rest
                connection.sendall(line + b"\\n")
    """

LEAKS_DESCRIPTORS = """
    def serve(connection, serve=serve):
        os.open(os.devnull, os.O_WRONLY)  # BUG: a log for each connection, which nobody closes
        serve(connection)
    """

LEAKS_THREADS = """
    def serve(connection, serve=serve):
        threading.Thread(target=threading.Event().wait, daemon=True).start()  # BUG: nobody ends it
        serve(connection)
    """

LOSES_WHAT_SEND_DOES_NOT_TAKE = """
    def serve(connection):
        buffer = b""
        while octets := connection.recv(65536):
            *lines, buffer = (buffer + octets).split(b"\\n")
            for line in lines:
                with contextlib.suppress(BlockingIOError):
                    connection.send(line + b"\\n", socket.MSG_DONTWAIT)  # BUG: it may take less, or nothing
    """

FORGETS_WHEN_A_TIMEOUT_STRIKES = """
    def serve(connection):
        buffer = b""
        connection.settimeout(1)
        while True:
            try:
                octets = connection.recv(65536)
            except TimeoutError:
                buffer = b""  # BUG: the rest of the message may still come
                continue
            if not octets:
                break
            *lines, buffer = (buffer + octets).split(b"\\n")
            for line in lines:
                connection.sendall(line + b"\\n")
    """


@pytest.mark.parametrize(
    ("fault", "flaw", "hiding"),
    [
        ("together", TAKES_ONE_READ_FOR_ONE_MESSAGE, "whole"),
        ("structure", TAKES_ONE_READ_FOR_ONE_MESSAGE, "whole"),
        ("every-cut", TAKES_ONE_READ_FOR_ONE_MESSAGE, "whole"),
        ("one-byte", READS_TWICE, "every-cut"),
        ("every-pair", READS_TWICE, "every-cut"),
        ("pieces", READS_EIGHT_TIMES, "every-pair"),
        ("held", WANTS_A_READ_TO_END_WITH_A_MESSAGE, "every-pair"),
        ("half-close", TAKES_THE_END_FOR_A_DELIMITER, "every-pair"),
    ],
)
def test_a_flaw_that_another_fault_hides(fault: str, flaw: str, hiding: str, serving: Server, under: Under) -> None:
    flawed = serving(flaw, spec="../long.yaml")
    assert under("whole", flawed).status == 0
    assert under(hiding, flawed, "-k", "ordinary").status == 0
    assert found_by(under(fault, flawed)) == {fault}


def test_the_end_of_the_stream_with_the_last_octets_shows_what_the_end_alone_hides(
    serving: Server, under: Under
) -> None:
    flawed = serving(LOOKS_FOR_THE_END_FIRST)
    assert under("whole", flawed).status == 0
    ended = under("half-close", flawed)
    assert found_by(ended) == {"half-close"}
    assert "@send 0..2 half-close'" in ended.output


@pytest.mark.parametrize(
    ("fault", "flaw", "code"),
    [
        ("close", DIES_OF_AN_UNFINISHED_MESSAGE, "SR305"),
        ("reset", DIES_OF_A_RESET, "SR305"),
        ("reset", SPINS_ON_A_RESET, "SR302"),
    ],
    ids=["close, dies", "reset, dies", "reset, spins"],
)
def test_a_client_that_goes_away(fault: str, flaw: str, code: str, serving: Server, under: Under) -> None:
    flawed = serving(flaw, accept="one_by_one()")
    assert under("whole", flawed).status == 0
    ended = under(fault, flawed)
    assert (ended.status, codes(ended)) == (1, {code})


def test_connections_that_share_a_buffer(serving: Server, under: Under) -> None:
    flawed = serving(SHARES_A_BUFFER)
    assert under("whole", flawed).status == 0
    assert found_by(under("interleaved", flawed)) == {"interleaved"}


def test_a_client_who_has_to_wait_for_another(serving: Server, under: Under) -> None:
    flawed = serving(accept="one_by_one()")
    assert under("whole", flawed).status == 0
    assert found_by(under("interleaved", flawed)) == {"interleaved"}


def test_one_client_after_the_other_by_design(serving: Server, under: Under) -> None:
    sequential = serving(accept="one_by_one()", connections="sequential")
    ended = under("interleaved", sequential, "--report", "json=results.json")
    (run,) = json.loads(Path("results.json").read_text())["runs"]
    assert (run["findings"], run["not_applicable"]) == ([], ["interleaved"])
    assert under("churn", sequential).status == 0
    assert ended.errors == ""


@pytest.mark.parametrize(
    ("flaw", "noun"), [(LEAKS_DESCRIPTORS, "descriptors"), (LEAKS_THREADS, "threads")], ids=["descriptors", "threads"]
)
def test_what_is_left_over_of_each_connection(
    flaw: str, noun: str, serving: Server, under: Under, in_process: Command
) -> None:
    flawed = serving(flaw)
    assert under("whole", flawed).status == 0
    ended = under("churn", flawed, "--report", "json=results.json")
    assert (ended.status, codes(ended)) == (1, {"SR603"})
    ((finding,),) = (run["findings"] for run in json.loads(Path("results.json").read_text())["runs"])
    again = in_process("replay", finding["evidence"]["replay"], flawed)
    assert again.status == 1
    assert f"after 24 connections that are over, there are 24 {noun} more than before" in again.output


def test_replies_that_pile_up(serving: Server, under: Under) -> None:
    flawed = serving(LOSES_WHAT_SEND_DOES_NOT_TAKE, spec="../huge.yaml")
    assert under("whole", flawed).status == 0
    assert found_by(under("slow-reader", flawed)) == {"slow-reader"}


def test_a_silence_that_is_longer_than_a_timeout(serving: Server, under: Under) -> None:
    flawed = serving(FORGETS_WHEN_A_TIMEOUT_STRIKES, time_limits={"patience_seconds": 0.5})
    assert under("one-byte", flawed).status == 0
    assert found_by(under("pause", flawed, "-k", "ordinary/1")) == {"pause"}


NOTHING_TO_PROVE = {"together", "slow-reader"}
"""Faults that deliver everything in one segment."""

SOME_ENDS_NEED_NO_PROOF = {"half-close", "reset"}
"""Faults of which some trials say nothing before the end, or say it with the end."""


@pytest.fixture
def without_proof(in_process: Command, folder: Path) -> Callable[..., tuple[Any, dict[str, dict[str, Any]]]]:
    """`without_proof(server)` checks it under every fault without asking the kernel; the counts are by fault."""
    shares: dict[str, dict[str, Any]] = {fault: {"conversations": ["ordinary/2"], "most": 6} for fault in FAULTS}
    shares |= {"whole": {"conversations": ["ordinary/1", "ordinary/2"]}}
    shares |= {"pause": {"conversations": ["ordinary/1"]}, "slow-reader": {"conversations": ["hostile"]}}
    # Its trials that need no proof come last.
    shares["half-close"] = {"conversations": ["ordinary/1"]}
    profile = {"shortread": "profile/1", "name": "each", "faults": shares}
    (folder / "each.yaml").write_text(json.dumps(profile))

    def check(target: str, *options: str) -> tuple[Any, dict[str, dict[str, Any]]]:
        report = ["--report", "json=results.json"]
        ended = in_process("check", "--profile", "each.yaml", "--gate", "timed", *report, *options, target)
        (run,) = json.loads(Path("results.json").read_text())["runs"]
        return ended, {counts["fault"]: counts for counts in run["by"]}

    return check


def test_no_fault_passes_where_nobody_knows_what_was_read(
    serving: Server, without_proof: Callable[..., tuple[Any, dict[str, dict[str, Any]]]]
) -> None:
    ended, counts = without_proof(serving(spec="../huge.yaml"))
    assert ended.status == 5
    assert "nobody knows here when a segment was read; --accept-assumed lets the time that passed count" in ended.output
    assert counts.keys() == FAULTS.keys()
    for fault, count in counts.items():
        assert count["run"] == count["planned"] == count["passed"] + count["inconclusive"], fault
        assert bool(count["inconclusive"]) == (fault not in NOTHING_TO_PROVE), fault
        assert bool(count["passed"]) == (fault in NOTHING_TO_PROVE | SOME_ENDS_NEED_NO_PROOF), fault


def test_every_fault_passes_where_the_time_that_passed_is_accepted(
    serving: Server, without_proof: Callable[..., tuple[Any, dict[str, dict[str, Any]]]]
) -> None:
    ended, counts = without_proof(serving(spec="../huge.yaml"), "--accept-assumed")
    assert (ended.status, ended.errors) == (0, "")
    assert counts.keys() == FAULTS.keys()
    assert [fault for fault, count in counts.items() if count["passed"] < count["planned"]] == []
