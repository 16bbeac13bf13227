"""Connections that a client makes: before we look or later, and what is said where it makes none."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from shortread.errors import UnsupportedError
from shortread.wire.opening import Accepting, ConnectError
from shortread.wire.watch import UNSUPPORTED_DEATH

MakeWatch = Callable[..., Any]
Fill = Callable[[socket.socket], int]
LONG = 20.0
SHORT = 0.01


@pytest.fixture
def accepting(listener: socket.socket, made_up: MakeWatch) -> Callable[..., Accepting]:
    """`accepting(how_it_ended)` accepts a client that has ended so, or lives."""
    return lambda how_it_ended=None: Accepting(listener, made_up([None], how_it_ended))


def test_one_that_has_connected_is_accepted(
    listener: socket.socket, client: socket.socket, accepting: Callable[..., Accepting]
) -> None:
    connection, peer = accepting().open(LONG)
    with connection:
        assert peer == client.getsockname()[:2]
        assert connection.getsockname() == listener.getsockname()
        client.sendall(b"hello")
        connection.settimeout(LONG)
        assert connection.recv(100) == b"hello"


def test_one_that_connects_later_is_waited_for(listener: socket.socket, made_up: MakeWatch) -> None:
    """It connects when somebody looks for the third time whether it lives."""
    looks: list[None] = []
    with ExitStack() as clients:

        def death() -> None:
            looks.append(None)
            if len(looks) == 3:
                clients.enter_context(socket.create_connection(listener.getsockname()[:2]))

        watch = made_up([None])
        watch.death = death
        connection, peer = Accepting(listener, watch).open(LONG)
        with connection:
            assert peer == connection.getpeername()[:2]
        assert len(looks) == 3


def test_a_read_of_which_nothing_comes_ends_by_itself(
    client: socket.socket, accepting: Callable[..., Accepting]
) -> None:
    with client, accepting().open(LONG)[0] as connection, pytest.raises(BlockingIOError):
        connection.recv(1)


def test_one_that_never_connects_is_not_waited_for_without_end(accepting: Callable[..., Accepting]) -> None:
    with pytest.raises(ConnectError, match=r"^it did not connect within 0\.01 s$"):
        accepting().open(SHORT)


def test_one_that_has_ended_is_not_waited_for(accepting: Callable[..., Accepting]) -> None:
    with pytest.raises(ConnectError, match=r"^it exited with status 1 and did not connect$"):
        accepting("exited with status 1").open(LONG)


def test_one_that_has_connected_and_ended_is_accepted(
    client: socket.socket, accepting: Callable[..., Accepting]
) -> None:
    with accepting("exited with status 1").open(LONG)[0] as connection:
        assert connection.getpeername() == client.getsockname()


def test_one_that_says_that_it_does_not_do_this_is_believed(accepting: Callable[..., Accepting]) -> None:
    with pytest.raises(UnsupportedError, match=r"^it exited with status 127: it does not do what it was asked to$"):
        accepting(UNSUPPORTED_DEATH).open(LONG)


def test_a_slow_reader_offers_a_small_window(
    listener: socket.socket, accepting: Callable[..., Accepting], fill: Fill
) -> None:
    with pytest.raises(ConnectError):
        accepting().open(SHORT, is_slow_reader=True)
    with socket.socket(listener.family) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        client.connect(listener.getsockname()[:2])
        with accepting().open(LONG, is_slow_reader=True)[0]:
            # Twice what was asked for on either side; a window of the usual size would hold more than twice this.
            assert fill(client) < 1 << 15
