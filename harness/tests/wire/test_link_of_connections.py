"""Trials on several connections, with pauses, stopped reading and resets: what happens, and what is written down."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from shortread.evidence import Boundary, Ending, Growth, Proof
from shortread.implementations.server import RunningServer
from shortread.performer import Command
from shortread.wire.link import Link
from shortread.wire.opening import Connecting
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag
from shortread.wire.watch import Activity, Reading, ThreadReading

Commands = Callable[..., tuple[Command, ...]]
Start = Callable[[str], RunningServer]
MakeWatch = Callable[..., Any]
Connect = Callable[[RunningServer], Link]
LinkTo = Callable[..., Link]

PATIENCE = Patience()
STREAM = b"5:hello,3:foo,"

ECHO = """
    def serve(connection):
        with connection:
            while octets := connection.recv(65536):
                connection.sendall(octets)

    while True:
        threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
    """

only_ipv4 = pytest.mark.parametrize("host", ["127.0.0.1"], indirect=True)


@pytest.fixture
def connect(diag: SockDiag) -> Connect:
    """`connect(server)` is a link to it."""
    return lambda server: Link(Connecting(server.address), server.watch, diag)


@pytest.fixture
def link_to(diag: SockDiag, made_up: MakeWatch) -> LinkTo:
    """`link_to(listener)` is a link to a server whose threads cannot be seen."""

    def make(listener: socket.socket, *, asks_kernel: bool = True, **keywords: Any) -> Link:
        return Link(Connecting(listener.getsockname()[:2]), made_up([None]), diag if asks_kernel else None, **keywords)

    return make


def in_thread(serve: Callable[[], None]) -> Thread:
    thread = Thread(target=serve)
    thread.start()
    return thread


# The last octets and the end


SEGMENTS_IN = struct.Struct("=140xI")
"""Where `tcpi_segs_in` is in `struct tcp_info`."""


@pytest.fixture
def segments_of(listener: socket.socket, link_to: LinkTo, commands: Commands) -> Callable[[str], int]:
    """`segments_of(schedule)` counts the segments that arrive, those of the handshake and of the end included."""

    def count(schedule: str) -> int:
        counted: list[int] = []

        def read() -> None:
            with listener.accept()[0] as connection:
                while connection.recv(100):
                    pass
                info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SEGMENTS_IN.size)
                counted.extend(SEGMENTS_IN.unpack(info))

        server = in_thread(read)
        link_to(listener).perform(commands(schedule), PATIENCE)
        server.join()
        return counted[0]

    return count


@pytest.mark.parametrize(
    ("schedule", "more"),
    [("send 0..14 half-close", 0), ("send 0..14 read half-close", 1), ("send 0..3 read send 3..14 half-close", 1)],
)
def test_the_end_goes_out_with_the_last_octets_where_it_follows_at_once(
    schedule: str, more: int, segments_of: Callable[[str], int]
) -> None:
    the_end_alone = segments_of("half-close")
    assert segments_of(schedule) == the_end_alone + more


# Several connections


def test_connections_take_turns(start: Start, connect: Connect, commands: Commands) -> None:
    schedule = "send 0..3 read 2: send 0..14 await-reply 1: send 3..14 await-reply"
    evidence = connect(start(ECHO)).perform(commands(schedule), PATIENCE)
    (other,) = evidence.others
    assert (evidence.received, other.received) == (STREAM, STREAM)
    assert (evidence.ending, other.ending) == (Ending.CLOSED, Ending.CLOSED)
    assert evidence.boundaries == (Boundary(offset=3, proof=Proof.READ),)
    assert other.boundaries == ()


def test_a_trial_ends_with_the_connection_that_is_stuck(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        while octets := connection.recv(100):
            connection.sendall(octets)
        """)
    schedule = "send 0..3 read 2: send 0..14 await-reply 1: send 3..14 await-reply"
    evidence = connect(server).perform(commands(schedule), PATIENCE)
    (other,) = evidence.others
    assert (other.received, other.ending) == (b"", Ending.WAITING)
    assert (evidence.given_up, other.given_up) == (True, False)


def test_connections_beyond_the_first_are_opened_when_they_are_due(
    start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        for said in (b"5:hello,", b"3:foo,"):
            with listener.accept()[0] as connection:
                while connection.recv(100):
                    pass
                connection.sendall(said)
        never()
        """)
    evidence = connect(server).perform(commands("send 0..8 half-close 2: send 0..8 half-close"), PATIENCE)
    assert (evidence.received, *(other.received for other in evidence.others)) == (b"5:hello,", b"3:foo,")


# Growth


CHURN = " ".join(f"{number}: send 0..14 await-reply close" for number in range(1, 13))

KEEPING = """
    kept = []

    def serve(connection):
        with connection:
            {keep}
            while octets := connection.recv(65536):
                connection.sendall(octets)

    while True:
        threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
    """


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        ("pass", (0, 0)),
        ("kept.append(open(os.devnull))", (12, 0)),
        ("threading.Thread(target=never, daemon=True).start()", (0, 12)),
    ],
    ids=["nothing", "descriptors", "threads"],
)
def test_what_is_left_of_many_connections_is_counted(
    keep: str, left: tuple[int, int], start: Start, connect: Connect, commands: Commands
) -> None:
    evidence = connect(start(KEEPING.format(keep=keep))).perform(commands(CHURN), PATIENCE)
    growth = evidence.growth
    assert isinstance(growth, Growth)
    assert len(evidence.others) == 11
    assert (growth.descriptors, growth.threads) == left


def test_nobody_counts_where_connections_are_few(start: Start, connect: Connect, commands: Commands) -> None:
    evidence = connect(start(ECHO)).perform(commands("send 0..8 await-reply close 2: send 0..8 await-reply"), PATIENCE)
    assert evidence.growth is None


@only_ipv4
def test_nobody_counts_where_nothing_can_be_seen(listener: socket.socket, link_to: LinkTo, commands: Commands) -> None:
    def serve() -> None:
        for _ in range(12):
            with listener.accept()[0] as connection:
                while octets := connection.recv(100):
                    connection.sendall(octets)

    server = in_thread(serve)
    evidence = link_to(listener).perform(commands(CHURN), PATIENCE)
    server.join()
    assert (len(evidence.others), evidence.growth) == (11, None)


# A slow reader


@only_ipv4
def test_whoever_reads_slowly_makes_the_other_side_wait(
    listener: socket.socket, link_to: LinkTo, commands: Commands
) -> None:
    fitted: list[int] = []

    def serve() -> None:
        with listener.accept()[0] as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            while len(connection.recv(1 << 16, socket.MSG_PEEK)) < 14:
                pass
            try:
                while True:
                    fitted.append(connection.send(bytes(4096), socket.MSG_DONTWAIT))
            except BlockingIOError:
                connection.recv(14)
            while connection.recv(100):
                pass

    server = in_thread(serve)
    # `read` ends when the server has found that nothing more fits.
    evidence = link_to(listener).perform(commands("stop-reading send 0..14 read resume-reading"), PATIENCE)
    server.join()
    # Twice what was asked for on either side; a window of the usual size would hold more than twice this.
    assert len(evidence.received) == sum(fitted) < 1 << 15
    assert not evidence.left_unread


def test_reading_is_resumed_when_nothing_more_can_be_sent(start: Start, connect: Connect, commands: Commands) -> None:
    messages = ["x" * 65536] * 160
    size = len(messages) * len("65536:" + "x" * 65536 + ",")
    schedule = f"stop-reading send 0..{size} resume-reading await-reply"
    evidence = connect(start(ECHO)).perform(commands(schedule, *messages), PATIENCE)
    assert (evidence.sent_bytes, len(evidence.received), evidence.ending) == (size, size, Ending.CLOSED)


def test_a_connection_that_is_closed_with_replies_unread_is_reset_by_the_kernel(
    start: Start, connect: Connect, commands: Commands, tmp_path: Path
) -> None:
    server = start("""
        connection, _ = listener.accept()
        connection.sendall(b"welcome")
        connection.recv(100)
        try:
            how = "the end" if connection.recv(100) == b"" else "more"
        except ConnectionResetError:
            how = "a reset"
        open("how", "w").write(how)
        never()
        """)
    evidence = connect(server).perform(commands("stop-reading send 0..14 read close"), PATIENCE)
    assert evidence.left_unread
    assert evidence.received == b""
    assert (tmp_path / "how").read_text() == "a reset"


# Resets


@pytest.mark.parametrize("schedule", ["reset", "send 0..3 read reset", "send 0..14 read await-reply reset"])
def test_a_reset_is_noticed_as_one(
    schedule: str, start: Start, connect: Connect, commands: Commands, tmp_path: Path
) -> None:
    server = start("""
        connection, _ = listener.accept()
        said = []
        try:
            while octets := connection.recv(100):
                connection.sendall(octets)
            said.append("the end")
        except ConnectionResetError:
            said.append("a reset")
        connection.close()
        open("how", "w").write(*said)
        never()
        """)
    evidence = connect(server).perform(commands(schedule), PATIENCE)
    assert evidence.ending is Ending.CLOSED
    assert not evidence.half_closed
    assert (tmp_path / "how").read_text() == "a reset"


@pytest.mark.parametrize("schedule", ["send 0..3 read reset", "stop-reading send 0..14 read close"])
def test_whoever_turns_on_a_reset_is_spinning(
    schedule: str, start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        connection.sendall(b"hello")
        while True:
            try:
                connection.recv(100)
            except ConnectionResetError:
                pass
        """)
    assert connect(server).perform(commands(schedule), PATIENCE).ending is Ending.SPINNING


# Pauses


@only_ipv4
def test_a_pause_keeps_silent_for_as_long_as_it_says(
    listener: socket.socket, link_to: LinkTo, commands: Commands
) -> None:
    silences: list[float] = []

    def serve() -> None:
        with listener.accept()[0] as connection:
            connection.recv(3)
            began = time.monotonic()
            while octets := connection.recv(100):
                silences.append(time.monotonic() - began)
                connection.sendall(octets)

    server = in_thread(serve)
    link_to(listener).perform(commands("send 0..3 read pause 0.25 send 3..14"), PATIENCE)
    server.join()
    # It was seen to have read before the silence began; not fine would be a silence that is too short.
    assert silences[0] >= 0.25


# Where the kernel cannot be asked


@only_ipv4
def test_boundaries_are_assumed_where_nobody_can_be_asked(
    listener: socket.socket, link_to: LinkTo, commands: Commands
) -> None:
    def serve() -> None:
        with listener.accept()[0] as connection:
            while octets := connection.recv(100):
                connection.sendall(octets)

    server = in_thread(serve)
    link = link_to(listener, asks_kernel=False, pause_seconds=0.001)
    evidence = link.perform(commands("send 0..3 read send 3..8 await-reply send 8..14 await-reply"), PATIENCE)
    server.join()
    assert not link.asks_kernel
    assert evidence.boundaries == tuple(Boundary(offset=offset, proof=Proof.ASSUMED) for offset in (3, 8))
    assert (evidence.received, evidence.ending) == (STREAM, Ending.CLOSED)


# Transcripts


class Printed:
    """Something that prints when it is told to."""

    def __init__(self) -> None:
        self.octets = b"started\n"

    def position(self) -> int:
        return len(self.octets)

    def since(self, position: int) -> bytes:
        return self.octets[position:]

    def await_more(self, known_bytes: int, *, timeout_seconds: float) -> None:
        """Nothing tells when there is more; look again."""


@only_ipv4
def test_what_is_still_to_be_printed_of_an_earlier_connection_is_not_of_this_one(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, commands: Commands
) -> None:
    """It prints when somebody looks whether it rests, which it does after that."""
    printed = Printed()
    running, resting = ((ThreadReading(1, activity, 0, 0),) for activity in (Activity.RUNNING, Activity.BLOCKED))

    def print_late() -> Reading:
        printed.octets += b"late"
        return running

    def serve() -> None:
        with listener.accept()[0] as connection:
            while octets := connection.recv(100):
                printed.octets += octets

    server = in_thread(serve)
    watch = made_up([print_late, resting])
    link = Link(Connecting(listener.getsockname()), watch, diag, transcript=printed)
    evidence = link.perform(commands("send 0..14 half-close"), PATIENCE)
    server.join()
    assert evidence.received == STREAM


@only_ipv4
def test_what_is_printed_counts_and_what_comes_back_does_not(
    listener: socket.socket, link_to: LinkTo, commands: Commands
) -> None:
    printed = Printed()

    def serve() -> None:
        with listener.accept()[0] as connection:
            while octets := connection.recv(100):
                connection.sendall(b"ok\n")
                printed.octets += octets

    server = in_thread(serve)
    evidence = link_to(listener, transcript=printed).perform(commands("send 0..14 half-close"), PATIENCE)
    server.join()
    assert (evidence.received, evidence.ending) == (STREAM, Ending.CLOSED)


def test_what_is_printed_behind_the_end_is_waited_for(
    start: Start, diag: SockDiag, commands: Commands, tmp_path: Path
) -> None:
    """It closes the connection first, and prints after some work."""
    server = start("""
        connection, _ = listener.accept()
        octets = connection.recv(100)
        while connection.recv(100):
            pass
        connection.close()
        sum(range(1_000_000))
        print(octets.decode(), file=open("printed", "w"), flush=True)
        never()
        """)

    class FilePrinted:
        def position(self) -> int:
            return 0

        def since(self, position: int) -> bytes:
            path = tmp_path / "printed"
            return path.read_bytes()[position:].removesuffix(b"\n") if path.exists() else b""

        def await_more(self, known_bytes: int, *, timeout_seconds: float) -> None:
            """Nothing tells when there is more; look again."""

    link = Link(Connecting(server.address), server.watch, diag, transcript=FilePrinted())
    evidence = link.perform(commands("send 0..14 await-reply"), PATIENCE)
    assert evidence.received == STREAM
