"""How fast and how surely single octets are delivered."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from random import Random

from bench.figure import Figure
from bench.subjects import program
from shortread.implementations import PortChooser, RunningServer
from shortread.wire.gate import Drain, Gate, KernelGate
from shortread.wire.sock_diag import SockDiag

_SEGMENTS = 20_000


def measure() -> Iterator[Figure]:
    """20,000 segments of one octet to a CPython reader."""
    with (
        RunningServer(program("fixed-16", "counting_reader.py"), ports=PortChooser(Random(0))) as reader,
        socket.create_connection(reader.address) as connection,
    ):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        gate = KernelGate(SockDiag(), own=connection.getsockname(), peer=connection.getpeername())
        seconds = [_send_one(connection, gate, sent) for sent in range(1, _SEGMENTS + 1)]
        connection.shutdown(socket.SHUT_WR)
        reads, largest = map(int, connection.makefile().read().split())
    yield Figure(name="reads of 20,000 one-byte segments", measured=reads, unit="reads", relation="==", bound=_SEGMENTS)
    yield Figure(name="largest of these reads", measured=largest, unit="octets", relation="==", bound=1)
    median_us = statistics.median(seconds) * 1e6
    yield Figure(name="median time for a one-byte segment", measured=median_us, unit="µs", relation="<=", bound=60)


def _send_one(connection: socket.socket, gate: Gate, sent_bytes: int) -> float:
    began = time.perf_counter()
    connection.send(b"x")
    drain = gate.await_read(sent_bytes, timeout_seconds=10)
    assert drain is Drain.READ
    return time.perf_counter() - began
