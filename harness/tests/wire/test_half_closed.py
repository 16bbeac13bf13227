"""An end that was half-closed and is still read from, told apart from one that was closed."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from shortread.wire.gate import Drain, Gate, KernelGate, TimedGate
from shortread.wire.opening import Accepting
from shortread.wire.overhear import overhear
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag
from shortread.wire.watch import Activity, ThreadReading

LONG = 20.0
AT_ONCE = 0.0
BLOCKED = (ThreadReading(thread_id=1, activity=Activity.BLOCKED, cpu_ns=0, queued_ns=0),)


@pytest.fixture
def gate(diag: SockDiag, client: socket.socket, server: socket.socket) -> KernelGate:
    """The gate to the client's end, asked by the server's, for a client that may half-close."""
    return KernelGate(diag, own=server.getsockname()[:2], peer=client.getsockname()[:2], may_half_close=True)


@pytest.fixture
def strict(diag: SockDiag, client: socket.socket, server: socket.socket) -> KernelGate:
    """The same gate for somebody who has ended with the end of its stream."""
    return KernelGate(diag, own=server.getsockname()[:2], peer=client.getsockname()[:2])


def test_an_open_end_is_not_half_closed(gate: KernelGate) -> None:
    assert not gate.is_half_closed()


def test_a_half_closed_end_is_there_and_reads(gate: KernelGate, client: socket.socket, server: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    server.sendall(b"hello")
    assert gate.is_half_closed()
    assert gate.await_read(5, timeout_seconds=AT_ONCE) is Drain.UNREAD
    client.recv(5, socket.MSG_WAITALL)
    assert gate.await_read(5, timeout_seconds=LONG) is Drain.READ
    assert not gate.await_end(timeout_seconds=AT_ONCE)


def test_an_end_that_was_closed_is_gone(gate: KernelGate, client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    client.close()
    assert gate.await_end(timeout_seconds=LONG)
    assert not gate.is_half_closed()
    assert gate.await_read(0, timeout_seconds=LONG) is Drain.GONE


def test_a_server_that_shuts_down_has_gone(strict: KernelGate, client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    assert strict.await_end(timeout_seconds=LONG)
    assert not strict.is_half_closed()


# Hearing what a client says that has ended its stream


@pytest.fixture
def heard(server: socket.socket, made_up: Callable[..., Any]) -> Callable[..., Any]:
    """`heard(gate)` is what a client said that waits, and that two answers of three octets were due to."""
    server.settimeout(0.004)

    class Ticking:
        """Reads of the connection as those of a link are."""

        def __getattr__(self, name: str) -> Any:
            return getattr(server, name)

        def recv(self, size: int) -> bytes:
            try:
                return server.recv(size)
            except TimeoutError as error:
                raise BlockingIOError from error

    def hear(gate: Gate) -> Any:
        return overhear(
            (Ticking(), gate),  # type: ignore[arg-type]
            made_up([BLOCKED]),
            Patience(),
            lambda said, given_bytes: b"yes" if said and given_bytes < 6 else b"",
        )

    return hear


def test_who_has_ended_its_stream_is_given_every_answer(
    gate: KernelGate, client: socket.socket, heard: Callable[..., Any]
) -> None:
    client.sendall(b"ab")
    client.shutdown(socket.SHUT_WR)
    overheard = heard(gate)
    assert (overheard.octets, overheard.given_bytes, overheard.has_closed) == (b"ab", 6, False)
    assert client.recv(100) == b"yesyes"


@pytest.mark.parametrize("is_known", [True, False], ids=["closed", "not known to the kernel"])
def test_who_has_gone_is_given_none(
    is_known: bool,
    gate: KernelGate,
    client: socket.socket,
    heard: Callable[..., Any],
) -> None:
    client.sendall(b"ab")
    client.shutdown(socket.SHUT_WR)
    if is_known:
        client.close()
        gate.await_end(timeout_seconds=LONG)
    overheard = heard(gate if is_known else TimedGate(0.001))
    assert (overheard.octets, overheard.given_bytes, overheard.has_closed) == (b"ab", 0, True)


def test_one_that_waits_is_accepted_first(
    listener: socket.socket, server: socket.socket, client: socket.socket, made_up: Callable[..., Any]
) -> None:
    accepting = Accepting(listener, made_up([None], None), server)
    with socket.create_connection(listener.getsockname()[:2]) as second:
        assert accepting.open(LONG)[1] == client.getsockname()[:2]
        connection, peer = accepting.open(LONG)
        with connection:
            assert peer == second.getsockname()[:2]
