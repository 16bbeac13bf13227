"""One trial on a real connection: what is written down when the server answers, hangs, spins, floods or goes away."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest

from shortread.evidence import Boundary, Ending, Proof, WaitOutcome
from shortread.implementations.server import RunningServer
from shortread.performer import Command
from shortread.wire.link import Link
from shortread.wire.opening import ConnectError, Connecting, Opening
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag
from shortread.wire.watch import Activity, Reading, ThreadReading

Commands = Callable[..., tuple[Command, ...]]
Start = Callable[[str], RunningServer]
MakeWatch = Callable[..., Any]
Serving = Callable[..., Opening]
Connect = Callable[[RunningServer], Link]

STREAM = b"5:hello,3:foo,"
WHOLE = "send 0..8 await-reply send 8..14 await-reply"
CUT = "send 0..3 read send 3..14 await-reply"
PATIENCE = Patience()
SHORT = Patience(limit_seconds=0.2)

BLOCKED = (ThreadReading(1, Activity.BLOCKED, 0, 0),)
RUNNING = (ThreadReading(1, Activity.RUNNING, 0, 0),)

ECHO = """
    while True:
        connection, _ = listener.accept()
        with connection:
            while octets := connection.recv(65536):
                connection.sendall(octets)
    """


@pytest.fixture
def connect(diag: SockDiag) -> Connect:
    """`connect(server)` is a link to it."""
    return lambda server: Link(Connecting(server.address), server.watch, diag)


@pytest.fixture
def link_to(diag: SockDiag, made_up: MakeWatch) -> Callable[[socket.socket], Link]:
    """`link_to(listener)` is a link to a server whose threads cannot be seen."""
    return lambda listener: Link(Connecting(listener.getsockname()[:2]), made_up([None]), diag)


def in_thread(listener: socket.socket, serve: Callable[[socket.socket], None]) -> Thread:
    """Serves one connection."""

    def run() -> None:
        with listener.accept()[0] as connection:
            serve(connection)

    thread = Thread(target=run)
    thread.start()
    return thread


def test_replies_are_waited_for_and_the_end_too(start: Start, connect: Connect, commands: Commands) -> None:
    evidence = connect(start(ECHO)).perform(commands(WHOLE), PATIENCE)
    assert evidence.received == STREAM
    assert [(wait.sent_bytes, wait.received_bytes, wait.outcome) for wait in evidence.waits] == [
        (8, 8, WaitOutcome.ANSWERED),
        (14, 14, WaitOutcome.ANSWERED),
    ]
    assert evidence.boundaries == (Boundary(offset=8, proof=Proof.READ),)
    assert (evidence.sent_bytes, evidence.ending, evidence.death) == (14, Ending.CLOSED, None)


def test_every_address_can_be_connected_to(
    listener: socket.socket, link_to: Callable[[socket.socket], Link], commands: Commands
) -> None:
    def echo(connection: socket.socket) -> None:
        while octets := connection.recv(100):
            connection.sendall(octets)

    server = in_thread(listener, echo)
    evidence = link_to(listener).perform(commands(CUT), PATIENCE)
    server.join()
    assert (evidence.received, evidence.ending) == (STREAM, Ending.CLOSED)
    assert evidence.boundaries == (Boundary(offset=3, proof=Proof.READ),)


@pytest.mark.parametrize("host", ["127.0.0.1"], indirect=True)
def test_segments_of_one_octet_are_read_one_by_one(
    listener: socket.socket, link_to: Callable[[socket.socket], Link], commands: Commands
) -> None:
    sizes: list[int] = []

    def read(connection: socket.socket) -> None:
        while octets := connection.recv(1 << 16):
            sizes.append(len(octets))

    server = in_thread(listener, read)
    evidence = link_to(listener).perform(commands("send 0..2000 by 1", "x" * 1994), PATIENCE)
    server.join()
    assert sizes == [1] * 2000
    assert evidence.boundaries == (Boundary(offset=1, proof=Proof.READ, count=1999, every_bytes=1),)


@pytest.mark.parametrize("host", ["127.0.0.1"], indirect=True)
def test_the_last_of_the_segments_of_one_size_is_what_is_left(
    listener: socket.socket, link_to: Callable[[socket.socket], Link], commands: Commands
) -> None:
    reads: list[bytes] = []

    def read(connection: socket.socket) -> None:
        while octets := connection.recv(1 << 16):
            reads.append(octets)

    server = in_thread(listener, read)
    evidence = link_to(listener).perform(commands("send 0..8 by 5 read send 8..14 by 2"), PATIENCE)
    server.join()
    assert reads == [b"5:hel", b"lo,", b"3:", b"fo", b"o,"]
    assert [(boundary.offsets, boundary.proof) for boundary in evidence.boundaries] == [
        (range(5, 10, 5), Proof.READ),
        (range(8, 9), Proof.READ),
        (range(10, 14, 2), Proof.READ),
    ]


@pytest.mark.parametrize("host", ["127.0.0.1"], indirect=True)
@pytest.mark.parametrize("schedule", ["send 0..{size} await-reply", "send 0..{half} read send {half}..{size}"])
def test_a_server_that_replies_while_we_send_is_no_deadlock(
    schedule: str, listener: socket.socket, link_to: Callable[[socket.socket], Link], commands: Commands
) -> None:
    def echo(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        while octets := connection.recv(1 << 16):
            connection.sendall(octets)

    server = in_thread(listener, echo)
    messages = ["x" * 65536] * 48
    size = 48 * len("65536:" + "x" * 65536 + ",")
    evidence = link_to(listener).perform(commands(schedule.format(half=size // 2, size=size), *messages), PATIENCE)
    server.join()
    assert (evidence.sent_bytes, len(evidence.received), evidence.ending) == (size, size, Ending.CLOSED)
    assert {boundary.proof for boundary in evidence.boundaries} <= {Proof.READ}


def test_what_came_back_by_a_pause_inside_a_message_is_settled(
    start: Start, connect: Connect, commands: Commands
) -> None:
    evidence = connect(start(ECHO)).perform(commands("send 0..3 await-reply send 3..8 await-reply"), PATIENCE)
    first = evidence.waits[0]
    assert (first.sent_bytes, first.received_bytes, first.outcome) == (3, 3, WaitOutcome.ANSWERED)
    assert first.is_settled
    assert evidence.boundaries == (Boundary(offset=3, proof=Proof.SETTLED),)


def test_a_server_that_never_answers_is_quiet(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        while connection.recv(100):
            pass
        connection.close()
        never()
        """)
    evidence = connect(server).perform(commands(WHOLE), PATIENCE)
    assert [(wait.received_bytes, wait.outcome) for wait in evidence.waits] == [(0, WaitOutcome.QUIET)] * 2
    assert (evidence.sent_bytes, evidence.received, evidence.ending) == (14, b"", Ending.CLOSED)


def test_a_reply_that_the_kernel_holds_back_is_waited_for(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, serving: Serving, commands: Commands
) -> None:
    """Everybody rests, but octets are under way: it has written them, and its kernel has not sent them yet."""
    ends: list[socket.socket] = []
    has_written = Event()

    def talk() -> None:
        with ends[0] as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            connection.sendall(connection.recv(100))
            has_written.set()
            while connection.recv(100):
                pass

    def serve(connection: socket.socket) -> None:
        ends.append(connection)
        Thread(target=talk).start()

    def rest() -> Reading:
        has_written.wait()
        return BLOCKED

    def send() -> Reading:
        ends[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
        return RUNNING

    link = Link(serving(listener, serve), made_up([rest, BLOCKED, send, RUNNING]), diag)
    evidence = link.perform(commands("send 0..14 await-reply"), Patience(quiet_seconds=0))
    assert [wait.outcome for wait in evidence.waits] == [WaitOutcome.ANSWERED]
    assert (evidence.received, evidence.ending) == (STREAM, Ending.CLOSED)


def test_a_reply_that_comes_while_somebody_looks_whether_it_rests_is_no_silence(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, serving: Serving, commands: Commands
) -> None:
    """It came behind our last read, and nothing is under way any more."""
    ends: list[socket.socket] = []

    def reply() -> Reading:
        ends[0].sendall(ends[0].recv(100))
        return BLOCKED

    def close() -> Reading:
        ends[0].close()
        return RUNNING

    link = Link(serving(listener, ends.append), made_up([BLOCKED, reply, close]), diag)
    evidence = link.perform(commands("send 0..14 await-reply"), Patience(quiet_seconds=0))
    assert [wait.outcome for wait in evidence.waits] == [WaitOutcome.ANSWERED]
    assert (evidence.received, evidence.ending) == (STREAM, Ending.CLOSED)


def test_silence_settles_the_boundary_before_it_and_none_that_is_further_back(
    start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        while connection.recv(100):
            pass
        """)
    schedule = "send 0..3 read send 3..8 await-reply send 8..11 read send 11..14 await-reply"
    evidence = connect(server).perform(commands(schedule), PATIENCE)
    assert [wait.outcome for wait in evidence.waits] == [WaitOutcome.QUIET] * 2
    assert [(boundary.offset, boundary.proof) for boundary in evidence.boundaries] == [
        (3, Proof.READ),
        (8, Proof.SETTLED),
        (11, Proof.READ),
    ]


def test_an_end_that_comes_while_it_settles_is_early(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, serving: Serving, commands: Commands
) -> None:
    """It has read everything, and closes when somebody looks whether it rests."""
    ends: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        ends.append(connection)
        thread = Thread(target=connection.recv, args=[100])
        thread.start()
        readers.append(thread)

    def close() -> Reading:
        readers[0].join()
        ends[0].close()
        return BLOCKED

    readers: list[Thread] = []
    link = Link(serving(listener, serve), made_up([close, BLOCKED]), diag)
    evidence = link.perform(commands("send 0..3 read half-close", is_thorough=True), PATIENCE)
    assert evidence.ending is Ending.CLOSED_EARLY


def test_a_server_that_never_closes_is_left_waiting(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        while octets := connection.recv(100):
            connection.sendall(octets)
        never()
        """)
    evidence = connect(server).perform(commands(WHOLE), PATIENCE)
    assert (evidence.received, evidence.ending) == (STREAM, Ending.WAITING)


def test_a_server_that_may_still_close_is_waited_for_as_long_as_the_patience(
    start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        while connection.recv(100):
            pass
        time.sleep(1.9)
        """)
    evidence = connect(server).perform(commands("send 0..14 half-close"), SHORT)
    assert evidence.ending is Ending.TIMED_OUT


@pytest.mark.parametrize("end", ["half-close", "close"])
def test_a_server_that_turns_on_the_end_is_spinning(
    end: str, start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        while True:
            connection.recv(100)
        """)
    evidence = connect(server).perform(commands(f"send 0..3 read {end}"), PATIENCE)
    assert (evidence.sent_bytes, evidence.ending) == (3, Ending.SPINNING)


def test_a_server_that_never_reads_merges_the_segments(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        never()
        """)
    evidence = connect(server).perform(commands("send 0..3 read send 3..8 read send 8..14"), PATIENCE)
    assert evidence.boundaries == tuple(Boundary(offset=offset, proof=Proof.MERGED) for offset in (3, 8))
    assert (evidence.sent_bytes, evidence.ending) == (14, Ending.WAITING)


@pytest.mark.parametrize("schedule", ["send 0..3 read half-close", CUT, WHOLE])
def test_a_server_that_resets_the_connection_has_reset_it(
    schedule: str, start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        connection.recv(1)
        connection.recv(100)
        reset(connection)
        never()
        """)
    assert connect(server).perform(commands(schedule), PATIENCE).ending is Ending.RESET_EARLY


@pytest.mark.parametrize("schedule", [CUT, "send 0..3 read half-close"])
def test_what_came_before_an_early_end_is_kept(
    schedule: str, start: Start, connect: Connect, commands: Commands
) -> None:
    """It says something and closes while octets are unsent or unread; which of both must not matter."""
    server = start("""
        connection, _ = listener.accept()
        connection.recv(1)
        connection.sendall(b"3:bye,")
        connection.shutdown(socket.SHUT_WR)
        never()
        """)
    evidence = connect(server).perform(commands(schedule), PATIENCE)
    assert (evidence.sent_bytes, evidence.received, evidence.ending) == (3, b"3:bye,", Ending.CLOSED_EARLY)
    assert evidence.boundaries == ()


def test_an_end_that_shows_only_when_more_is_sent_is_early_too(
    start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        connection.recv(8)
        connection.sendall(b"5:hello,")
        connection.close()
        never()
        """)
    evidence = connect(server).perform(commands(WHOLE), PATIENCE)
    assert (evidence.received, evidence.ending) == (b"5:hello,", Ending.CLOSED_EARLY)


def test_a_server_that_sends_without_end_is_flooding(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        while True:
            connection.sendall(bytes(65536))
        """)
    assert connect(server).perform(commands(WHOLE), PATIENCE).ending is Ending.FLOODING


def test_a_server_that_goes_on_with_what_nobody_asked_for_is_given_up(
    start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        connection, _ = listener.accept()
        for _ in range(500):
            connection.sendall(b".")
            time.sleep(0.01)
        """)
    # Not fine would be to hear it out, and to find that it closes.
    assert connect(server).perform(commands("send 0..8 await-reply"), SHORT).ending is Ending.TIMED_OUT


def test_the_last_octets_of_a_server_that_dies_are_kept(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        connection.sendall(connection.recv(100))
        os._exit(3)
        """)
    link = connect(server)
    evidence = link.perform(commands("send 0..14 await-reply"), PATIENCE)
    assert evidence.received == STREAM
    assert link.death() == "exited with status 3"


def test_octets_that_come_with_the_news_of_a_death_are_kept(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, serving: Serving, commands: Commands
) -> None:
    """They came behind our last read, and before it was looked whether anybody lives."""
    ends = []
    watch = made_up([None])

    def death() -> str:
        if not watch.how_it_ended:
            ends[0].sendall(ends[0].recv(100))
            ends[0].close()
            watch.how_it_ended = "exited with status 3"
        return watch.how_it_ended

    watch.death = death
    evidence = Link(serving(listener, ends.append), watch, diag).perform(commands("send 0..14 await-reply"), PATIENCE)
    assert [(wait.received_bytes, wait.outcome) for wait in evidence.waits] == [(14, WaitOutcome.ANSWERED)]
    assert (evidence.received, evidence.death) == (STREAM, "exited with status 3")


def test_whoever_exits_behind_our_close_has_not_closed_early(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, serving: Serving, commands: Commands
) -> None:
    """Its exit may be seen before the kernel says that its end of the connection is gone."""
    ends: list[socket.socket] = []
    link = Link(serving(listener, ends.append), made_up([()], how_it_ended="exited with status 0"), diag)
    assert link.perform(commands("send 0..3 close"), PATIENCE).ending is Ending.CLOSED
    ends[0].close()


def test_a_death_is_waited_for_while_somebody_is_busy_dying(start: Start, connect: Connect, commands: Commands) -> None:
    server = start("""
        connection, _ = listener.accept()
        connection.recv(100)
        connection.close()
        sum(range(300_000))
        sys.exit("a mistake")
        """)
    link = connect(server)
    evidence = link.perform(commands("send 0..14 await-reply"), PATIENCE)
    assert evidence.ending is Ending.CLOSED_EARLY
    assert link.death() == "exited with status 1"


def test_whoever_lives_has_not_died(start: Start, connect: Connect, commands: Commands) -> None:
    link = connect(start(ECHO))
    link.perform(commands(WHOLE), PATIENCE)
    assert link.death() is None


@pytest.mark.parametrize("host", ["127.0.0.1"], indirect=True)
def test_a_port_where_nobody_listens_refuses(
    listener: socket.socket, link_to: Callable[[socket.socket], Link], commands: Commands
) -> None:
    link = link_to(listener)
    listener.close()
    with pytest.raises(ConnectError, match=r"^Connection refused$"):
        link.perform(commands(WHOLE), PATIENCE)


def test_a_server_that_does_not_accept_is_not_waited_for_without_end(
    diag: SockDiag, made_up: MakeWatch, commands: Commands
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        link = Link(Connecting(listener.getsockname()), made_up([None]), diag)
        with (
            socket.create_connection(listener.getsockname()),
            pytest.raises(ConnectError, match=r"^it did not accept a connection within 0\.2 s$"),
        ):
            link.perform(commands(WHOLE), SHORT)


def test_a_connection_that_is_reset_as_soon_as_it_is_made_was_accepted(
    start: Start, connect: Connect, commands: Commands
) -> None:
    server = start("""
        while True:
            reset(listener.accept()[0])
        """)
    link = connect(server)
    endings = {link.perform(commands("half-close"), PATIENCE).ending for _ in range(100)}
    # Whether the reset or our half-close comes first is chance; not fine would be a connection that was refused.
    assert endings <= {Ending.RESET, Ending.RESET_EARLY}
