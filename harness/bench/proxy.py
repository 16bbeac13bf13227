"""What the proxy costs while it does nothing to the traffic, against connections without it in the same run."""

from __future__ import annotations

import contextlib
import functools
import resource
import socket
import statistics
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from bench.figure import Figure

_BULK_BYTES = 1 << 29
_PIECE = b"c" + Random(0).randbytes((1 << 18) - 1)
_ROUNDS = 7
_ROUND_TRIPS = 3000
_CONNECTIONS = 1000
_CONTENT = bytes(range(256)) * 64

_SERVER = """
import asyncio, sys, zlib

class Server(asyncio.BufferedProtocol):
    # The first octet says what becomes of it all: it comes back, or its checksum does in the end.
    buffer = memoryview(bytearray(1 << 18))

    def connection_made(self, transport):
        self.transport, self.kind, self.checksum = transport, 0, 0

    def get_buffer(self, size):
        return self.buffer

    def buffer_updated(self, count):
        self.kind = self.kind or self.buffer[0]
        if self.kind == ord("e"):
            self.transport.write(bytes(self.buffer[:count]))
        else:
            self.checksum = zlib.crc32(self.buffer[:count], self.checksum)

    def eof_received(self):
        if self.kind == ord("c"):
            self.transport.write(self.checksum.to_bytes(4, "big"))

async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def measure() -> Iterator[Figure]:
    """Bulk data, round trips of one octet, and a thousand connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with _program([sys.executable, "-c", _SERVER]) as (_, server), _proxy(server) as (process, proxy):
            yield _throughput(server, proxy)
            yield _latency(server, proxy)
            yield _memory(process, proxy)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _throughput(server: int, proxy: int) -> Figure:
    # Interleaved, so that whatever else the machine does falls on both.
    rounds = [(_bulk_bytes_per_second(server), _bulk_bytes_per_second(proxy)) for _ in range(_ROUNDS)]
    direct, proxied = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    print(f"  (direct {direct / 1e9:.2f} GB/s, through the proxy {proxied / 1e9:.2f} GB/s)")
    ratio = statistics.median(through / beside for beside, through in rounds)
    return Figure(name="bulk data through the proxy", measured=ratio, unit="ratio", relation=">=", bound=0.7)


def _latency(server: int, proxy: int) -> Figure:
    rounds = [(_round_trip_us(server), _round_trip_us(proxy)) for _ in range(_ROUNDS)]
    added_us = statistics.median(through - beside for beside, through in rounds)
    return Figure(name="added to a 1-byte round trip", measured=added_us, unit="µs", relation="<=", bound=150)


def _memory(process: int, proxy: int) -> Figure:
    """All of them open at once, each with a message that comes back."""
    with ExitStack() as opened:
        connections = [
            opened.enter_context(socket.create_connection(("127.0.0.1", proxy))) for _ in range(_CONNECTIONS)
        ]
        for connection in connections:
            connection.sendall(b"e" + _CONTENT)
        for connection in connections:
            assert _received(connection, 1 + len(_CONTENT)) == b"e" + _CONTENT
        peak_mib = _peak_bytes(process) / (1 << 20)
    return Figure(name="memory with 1,000 connections", measured=peak_mib, unit="MiB", relation="<=", bound=200)


@functools.cache
def _checksum_of_bulk() -> bytes:
    """What the server gives back when everything has come, in its order."""
    checksum = 0
    for _ in range(_BULK_BYTES // len(_PIECE)):
        checksum = zlib.crc32(_PIECE, checksum)
    return checksum.to_bytes(4, "big")


def _bulk_bytes_per_second(port: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        began = time.perf_counter()
        for _ in range(_BULK_BYTES // len(_PIECE)):
            connection.sendall(_PIECE)
        connection.shutdown(socket.SHUT_WR)
        assert _received(connection, 4) == _checksum_of_bulk()
        return _BULK_BYTES / (time.perf_counter() - began)


def _round_trip_us(port: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seconds = []
        for _ in range(_ROUND_TRIPS):
            began = time.perf_counter()
            connection.send(b"e")
            connection.recv(1)
            seconds.append(time.perf_counter() - began)
        return statistics.median(seconds) * 1e6


def _received(connection: socket.socket, count: int) -> bytes:
    octets = bytearray()
    while len(octets) < count and (more := connection.recv(count - len(octets))):
        octets += more
    return bytes(octets)


def _peak_bytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


@contextmanager
def _proxy(server: int) -> Iterator[tuple[int, int]]:
    addresses = ["--listen", "127.0.0.1:0", "--connect", f"127.0.0.1:{server}"]
    with _program([sys.executable, "-m", "shortread", "proxy", *addresses]) as started:
        yield started


@contextmanager
def _program(command: list[str]) -> Iterator[tuple[int, int]]:
    """Its process id, and the port behind the last colon of the first line that it prints."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.pid, int(process.stdout.readline().rpartition(":")[2])
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
