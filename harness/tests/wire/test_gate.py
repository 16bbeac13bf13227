"""Whether the implementation has read what was sent."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Thread

import pytest

from shortread.wire.gate import Drain, KernelGate
from shortread.wire.sock_diag import SockDiag

Until = Callable[[Callable[[], object]], None]

AT_ONCE = 0.0
LONG = 20.0


@pytest.fixture
def gate(diag: SockDiag, client: socket.socket, server: socket.socket) -> KernelGate:
    """The gate to the server's end, asked by the client's."""
    return KernelGate(diag, own=client.getsockname()[:2], peer=server.getsockname()[:2])


def test_nothing_sent_is_nothing_unread(gate: KernelGate) -> None:
    assert gate.await_read(0, timeout_seconds=LONG) is Drain.READ


def test_octets_that_nobody_reads_stay_unread(gate: KernelGate, client: socket.socket) -> None:
    client.sendall(b"hello")
    assert gate.await_read(5, timeout_seconds=AT_ONCE) is Drain.UNREAD


def test_octets_of_which_some_were_read_are_unread(
    gate: KernelGate, client: socket.socket, server: socket.socket
) -> None:
    client.sendall(b"hello")
    server.recv(4)
    assert gate.await_read(5, timeout_seconds=AT_ONCE) is Drain.UNREAD


def test_octets_that_were_read_are_read(gate: KernelGate, client: socket.socket, server: socket.socket) -> None:
    client.sendall(b"hello")
    server.recv(5)
    assert gate.await_read(5, timeout_seconds=LONG) is Drain.READ


def test_octets_that_have_not_been_sent_yet_are_unread(
    gate: KernelGate, client: socket.socket, server: socket.socket
) -> None:
    client.sendall(b"hello")
    server.recv(5)
    assert gate.await_read(6, timeout_seconds=AT_ONCE) is Drain.UNREAD


def test_whoever_closes_is_gone(gate: KernelGate, client: socket.socket, server: socket.socket) -> None:
    client.sendall(b"hello")
    server.close()
    assert gate.await_read(5, timeout_seconds=LONG) is Drain.GONE


def test_whoever_has_only_finished_writing_is_gone_too(gate: KernelGate, server: socket.socket) -> None:
    server.shutdown(socket.SHUT_WR)
    assert gate.await_read(0, timeout_seconds=LONG) is Drain.GONE


def test_every_segment_is_read_by_itself(gate: KernelGate, client: socket.socket, server: socket.socket) -> None:
    sizes: list[int] = []

    def read() -> None:
        while octets := server.recv(1 << 16):
            sizes.append(len(octets))

    reader = Thread(target=read)
    reader.start()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    drains = set()
    for sent_bytes in range(1, 2001):
        client.sendall(b"x")
        drains.add(gate.await_read(sent_bytes, timeout_seconds=LONG))
    client.shutdown(socket.SHUT_WR)
    reader.join()
    assert drains == {Drain.READ}
    assert sizes == [1] * 2000


def test_the_end_comes_when_the_other_end_is_closed(
    gate: KernelGate, client: socket.socket, server: socket.socket
) -> None:
    client.shutdown(socket.SHUT_WR)
    assert not gate.await_end(timeout_seconds=AT_ONCE)
    server.close()
    assert gate.await_end(timeout_seconds=LONG)


def test_octets_have_arrived_whether_they_are_read_or_not(
    gate: KernelGate, client: socket.socket, server: socket.socket, until: Until
) -> None:
    assert not gate.has_arrived(5)
    client.sendall(b"hello")
    until(lambda: gate.has_arrived(5))
    assert not gate.has_arrived(6)
    server.recv(5)
    assert gate.has_arrived(5)
    client.shutdown(socket.SHUT_WR)
    until(lambda: gate.has_arrived(6))


def test_everything_has_arrived_where_nobody_is_any_more(gate: KernelGate, server: socket.socket) -> None:
    server.close()
    assert gate.has_arrived(1)


def test_what_cannot_be_delivered_is_unsent(
    gate: KernelGate, server: socket.socket, fill: Callable[[socket.socket], int]
) -> None:
    assert gate.unsent_bytes() == 0
    fill(server)
    assert gate.unsent_bytes() > 0
