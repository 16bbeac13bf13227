"""Where the kernel is asked and does not know the implementation's end: a time passes instead, and proves nothing."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

from shortread.evidence import Boundary, Ending, Proof
from shortread.implementations.isolation.level import IsolationError
from shortread.implementations.isolation.private_network import PrivateNetwork
from shortread.performer import Command
from shortread.wire.link import Link
from shortread.wire.opening import Connecting, Opening
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag, UnavailableError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are a matter of Linux")

Commands = Callable[..., tuple[Command, ...]]
MakeWatch = Callable[..., Any]
Serving = Callable[..., Opening]

STREAM = b"5:hello,3:foo,"
CUT = "send 0..3 read send 3..8 await-reply send 8..14 await-reply"
PAUSE_SECONDS = 0.001


@pytest.fixture
def diag_of_elsewhere() -> Iterator[SockDiag]:
    """A channel to what the kernel knows of another network."""
    try:
        with PrivateNetwork() as network:
            channel = network.sock_diag()
            yield channel
            channel.close()
    except (IsolationError, UnavailableError) as error:
        pytest.skip(f"no network of its own can be made here: {error}")


@pytest.fixture
def echo(listener: socket.socket) -> Iterator[None]:
    """Serves one connection after the other, until the listener is shut down."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                with listener.accept()[0] as connection:
                    while octets := connection.recv(100):
                        connection.sendall(octets)

    server = Thread(target=serve)
    server.start()
    yield
    listener.shutdown(socket.SHUT_RDWR)
    server.join()


@pytest.mark.usefixtures("echo")
def test_the_time_that_passes_is_taken_where_the_kernel_does_not_know_the_other_end(
    listener: socket.socket, diag_of_elsewhere: SockDiag, made_up: MakeWatch, commands: Commands
) -> None:
    link = Link(Connecting(listener.getsockname()[:2]), made_up([None]), diag_of_elsewhere, pause_seconds=PAUSE_SECONDS)
    # Nobody has asked yet.
    assert link.asks_kernel
    for _ in range(2):
        evidence = link.perform(commands(CUT), Patience())
        assert not link.asks_kernel
        assert evidence.boundaries == tuple(Boundary(offset=offset, proof=Proof.ASSUMED) for offset in (3, 8))
        assert (evidence.sent_bytes, evidence.received, evidence.ending) == (14, STREAM, Ending.CLOSED)


def test_an_end_that_is_gone_before_anybody_asks_is_none_that_the_kernel_does_not_know(
    listener: socket.socket, diag: SockDiag, made_up: MakeWatch, serving: Serving, commands: Commands
) -> None:
    """The kernel forgets a connection that was reset; that it knew another one tells that it can be asked."""
    readers = []

    def read(connection: socket.socket) -> None:
        def until_the_end() -> None:
            with connection:
                while connection.recv(100):
                    pass

        readers.append(Thread(target=until_the_end))
        readers[-1].start()

    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    link = Link(serving(listener, read, reset, read), made_up([None]), diag)
    first, second, third = (link.perform(commands("send 0..3 read send 3..14"), Patience()) for _ in range(3))
    for reader in readers:
        reader.join()
    assert link.asks_kernel
    assert second.ending is Ending.RESET_EARLY
    assert first.boundaries == third.boundaries == (Boundary(offset=3, proof=Proof.READ),)
