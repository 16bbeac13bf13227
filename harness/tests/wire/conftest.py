"""What the tests of the wire share: a channel to the kernel, connections, servers, and readings that are made up."""

from __future__ import annotations

import os
import socket
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.implementations.implementation import Implementation
from shortread.implementations.manifest import Manifest
from shortread.implementations.ports import PortChooser
from shortread.implementations.server import RunningServer
from shortread.judge.oracle import Oracle
from shortread.performer import Command, commands_for
from shortread.schedule import parse_schedule
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Kind, Stream
from shortread.wire.opening import Connecting, Opened
from shortread.wire.sock_diag import SockDiag
from shortread.wire.watch import Reading, Usage

collect_ignore = [] if sys.platform == "linux" else ["test_sock_diag.py", "test_gate.py", "test_link.py"]

PROGRAM = """
import os, socket, struct, sys, threading, time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))


def never():
    threading.Event().wait()


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


"""


@dataclass
class MadeUp:
    """A source of readings: one after the other, and the last of them for ever."""

    readings: Sequence[Reading | Callable[[], Reading] | None]
    how_it_ended: str | None = None
    count: int = 0

    def read(self) -> Reading | None:
        reading = self.readings[min(self.count, len(self.readings) - 1)]
        self.count += 1
        return reading() if callable(reading) else reading

    def death(self) -> str | None:
        return self.how_it_ended

    def usage(self) -> Usage | None:
        return None


class AcceptingItself:
    """Connects, accepts the other end at once, and hands it to the first of `serves`, then to the next."""

    def __init__(self, listener: socket.socket, *serves: Callable[[socket.socket], None]) -> None:
        self._listener = listener
        self._serves = iter(serves)

    def open(self, limit_seconds: float, *, is_slow_reader: bool = False) -> Opened:
        opened = Connecting(self._listener.getsockname()[:2]).open(limit_seconds, is_slow_reader=is_slow_reader)
        next(self._serves)(self._listener.accept()[0])
        return opened


@pytest.fixture
def serving() -> type[AcceptingItself]:
    """`serving(listener, *serves)` opens connections of which each has its server before anything is asked of it."""
    return AcceptingItself


@pytest.fixture
def made_up() -> type[MadeUp]:
    """Makes a watch out of readings."""
    return MadeUp


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """`until(condition)` returns when it has come true; a test fails that has to wait for 20 seconds."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true"
            os.sched_yield()

    return wait


@pytest.fixture
def diag() -> Iterator[SockDiag]:
    """A channel to the kernel."""
    channel = SockDiag()
    yield channel
    channel.close()


@pytest.fixture(params=["127.0.0.1", "::1"])
def host(request: pytest.FixtureRequest) -> str:
    """Each loopback address that this machine has."""
    address: str = request.param
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        socket.create_server((address, 0), family=family).close()
    except OSError:
        pytest.skip(f"this machine has no {address}")
    return address


@pytest.fixture
def listener(host: str) -> Iterator[socket.socket]:
    """A listening socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listening:
        yield listening


@pytest.fixture
def client(listener: socket.socket) -> Iterator[socket.socket]:
    """The end of a connection that connected."""
    with socket.create_connection(listener.getsockname()[:2]) as connection:
        yield connection


@pytest.fixture
def server(listener: socket.socket, client: socket.socket) -> Iterator[socket.socket]:
    """The end of the same connection that was accepted."""
    connection, address = listener.accept()
    assert address == client.getsockname()
    with connection:
        yield connection


@pytest.fixture
def fill() -> Callable[[socket.socket], int]:
    """`fill(connection)` writes until nothing more fits, and gives how many octets did."""

    def write(connection: socket.socket) -> int:
        connection.setblocking(False)
        written = 0
        with suppress(BlockingIOError):
            while True:
                written += connection.send(bytes(1 << 16))
        return written

    return write


@pytest.fixture(scope="session")
def codec() -> FrameCodec:
    """The codec of netstrings."""
    return load_codec(specs_folder() / "netstring.yaml")


@pytest.fixture(scope="session")
def commands(codec: FrameCodec) -> Callable[..., tuple[Command, ...]]:
    """`commands(schedule, *messages)` are those that carry it out; the messages are hello and foo if not given.

    Those that are thorough settle every boundary.
    """

    def make(schedule: str, *messages: str, is_thorough: bool = False) -> tuple[Command, ...]:
        stream = Stream(frames=tuple(map(codec.build, messages or ("hello", "foo"))))
        conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream)
        return commands_for(
            parse_schedule(schedule, stream_bytes=len(stream.wire)),
            Oracle(codec, conversation),
            settle_every_boundary=is_thorough,
        )

    return make


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], RunningServer]]:
    """`start(source)` runs a program of its own that has a `listener`; it is ended with the test."""
    ports = PortChooser(Random(str(tmp_path)))
    with ExitStack() as running:

        def run(source: str) -> RunningServer:
            (tmp_path / "server.py").write_text(PROGRAM + textwrap.dedent(source), encoding="utf-8")
            manifest = Manifest(
                shortread="implementation/1",
                name="the server",
                spec="netstring",
                role="server",
                command=("{python}", "server.py", "{host}", "{port}"),
            )
            implementation = Implementation(manifest=manifest, folder=tmp_path)
            return running.enter_context(RunningServer(implementation, ports=ports))

        yield run
