"""A proxy without faults: nobody can tell that it is there."""

from __future__ import annotations

import hashlib
import socket
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortread.address import Address
from shortread.codec.frame_codec import FrameCodec
from shortread.proxy.fault import Direction

from .conftest import LiveProxy, Pair, Until

DIRECTIONS = pytest.mark.parametrize("direction", list(Direction))
Connect = Callable[[LiveProxy], Pair]


@pytest.fixture(scope="module", params=["plain", "parsed"])
def transparent(request: pytest.FixtureRequest, proxy: Callable[..., LiveProxy], netstring: FrameCodec) -> LiveProxy:
    """A proxy that does nothing: once without looking, and once following messages."""
    return proxy(codec=netstring if request.param == "parsed" else None)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def octets_passed(proxy: LiveProxy) -> dict[Direction, int]:
    """What the metrics count."""
    counted = {}
    for direction in Direction:
        start = f'shortread_proxy_octets_total{{proxy="test",direction="{direction}"}} '
        (line,) = (line for line in proxy.metrics().splitlines() if line.startswith(start))
        counted[direction] = int(line.removeprefix(start))
    return counted


def everything(connection: socket.socket) -> Iterator[bytes]:
    while octets := connection.recv(1 << 16):
        yield octets


@settings(max_examples=60)
@given(
    said=st.lists(st.tuples(st.sampled_from(list(Direction)), st.binary(min_size=1, max_size=3000)), max_size=12),
    first_to_end=st.sampled_from(list(Direction)),
    last_words=st.binary(max_size=3000),
)
def test_what_is_said_arrives_once_and_in_order(
    transparent: LiveProxy,
    listener: socket.socket,
    said: list[tuple[Direction, bytes]],
    first_to_end: Direction,
    last_words: bytes,
) -> None:
    with socket.create_connection(transparent.address) as client, listener.accept()[0] as server:
        pair = Pair(client, server)
        for direction, octets in said:
            pair.sides(direction)[0].sendall(octets)
        early, late = pair.sides(first_to_end)
        early.shutdown(socket.SHUT_WR)
        expected = b"".join(octets for direction, octets in said if direction is first_to_end)
        assert b"".join(everything(late)) == expected
        # Half-closed one way, it still carries the other.
        late.sendall(last_words)
        late.shutdown(socket.SHUT_WR)
        expected = b"".join(octets for direction, octets in said if direction is not first_to_end)
        assert b"".join(everything(early)) == expected + last_words


def test_much_arrives_both_ways_at_once(transparent: LiveProxy, connect: Connect) -> None:
    pair = connect(transparent)
    piece = bytes(range(251)) * 4001

    def send(connection: socket.socket) -> None:
        for _ in range(16):
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)

    def digest(connection: socket.socket) -> str:
        hashed = hashlib.sha256()
        for octets in everything(connection):
            hashed.update(octets)
        return hashed.hexdigest()

    with ThreadPoolExecutor(4) as threads:
        sending = [threads.submit(send, side) for side in (pair.client, pair.server)]
        digests = list(threads.map(digest, (pair.client, pair.server)))
        for one in sending:
            one.result()
    assert digests == [hashlib.sha256(piece * 16).hexdigest()] * 2


@DIRECTIONS
def test_a_reset_is_passed_on_behind_what_was_said(
    direction: Direction, transparent: LiveProxy, connect: Connect
) -> None:
    source, destination = connect(transparent).sides(direction)
    source.sendall(b"last words")
    assert destination.recv(100) == b"last words"
    reset(source)
    with pytest.raises(ConnectionResetError):
        destination.recv(100)


@DIRECTIONS
def test_a_reset_behind_a_half_close_is_passed_on_too(
    direction: Direction, transparent: LiveProxy, connect: Connect, until: Until
) -> None:
    source, destination = connect(transparent).sides(direction)
    source.shutdown(socket.SHUT_WR)
    assert destination.recv(100) == b""
    reset(source)
    until(lambda: destination.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


@DIRECTIONS
def test_a_reset_reaches_whoever_cannot_write(
    direction: Direction, transparent: LiveProxy, connect: Connect, until: Until
) -> None:
    source, destination = connect(transparent).sides(direction)
    fill(source)
    reset(destination)
    until(lambda: source.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


@DIRECTIONS
def test_whoever_writes_to_one_that_has_closed_is_reset(
    direction: Direction, transparent: LiveProxy, connect: Connect, until: Until
) -> None:
    source, destination = connect(transparent).sides(direction)
    destination.sendall(b"bye")
    destination.close()
    assert source.recv(100) == b"bye"
    assert source.recv(100) == b""

    def is_refused() -> bool:
        try:
            source.send(b"x")
        except OSError:
            return True
        return False

    until(is_refused)


@DIRECTIONS
def test_a_slow_reader_slows_the_sender_down(direction: Direction, transparent: LiveProxy, connect: Connect) -> None:
    source, destination = connect(transparent).sides(direction)
    written_bytes = fill(source)
    source.shutdown(socket.SHUT_WR)
    assert sum(map(len, everything(destination))) == written_bytes


def test_one_that_never_reads_does_not_stop_the_others(transparent: LiveProxy, connect: Connect) -> None:
    stuck = connect(transparent)
    fill(stuck.server)
    fill(stuck.client)
    for _ in range(3):
        other = connect(transparent)
        other.client.sendall(b"ping")
        assert other.server.recv(100) == b"ping"
        other.server.sendall(b"pong")
        assert other.client.recv(100) == b"pong"


def test_octets_are_counted_once_while_a_connection_is_open_and_when_it_is_over(
    proxy: Callable[..., LiveProxy], connect: Connect, until: Until
) -> None:
    counting = proxy()
    pair = connect(counting)
    for expected_bytes in (5, 10):
        pair.client.sendall(b"hello")
        assert pair.server.recv(100) == b"hello"
        pair.server.sendall(b"hello you")
        assert pair.client.recv(100) == b"hello you"
        expected = {Direction.UPSTREAM: expected_bytes, Direction.DOWNSTREAM: expected_bytes // 5 * 9}
        assert octets_passed(counting) == expected
    pair.client.close()
    assert pair.server.recv(100) == b""
    pair.server.close()
    until(lambda: counting.log("closed"))
    assert octets_passed(counting) == expected


def test_hundreds_at_once(transparent: LiveProxy, connect: Connect) -> None:
    pairs = [connect(transparent) for _ in range(200)]
    for at, pair in enumerate(pairs):
        pair.client.sendall(b"%d" % at)
    for at, pair in enumerate(pairs):
        pair.server.sendall(pair.server.recv(100) + b"!")
        assert pair.client.recv(100) == b"%d!" % at


def test_a_server_that_cannot_be_reached(proxy: Callable[..., LiveProxy]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    lonely = proxy()
    lonely.service.proxies["test"].listener.connect = Address(host="127.0.0.1", port=port)
    with socket.create_connection(lonely.address) as client, pytest.raises(ConnectionResetError):
        client.recv(100)
    (refused,) = lonely.log("refused")
    assert refused["connection"] == 1
    assert refused["detail"] == "Connection refused"


def test_ipv6(proxy: Callable[..., LiveProxy], connect: Connect) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    pair = connect(proxy(host="::1"))
    pair.client.sendall(b"hello")
    assert pair.server.recv(100) == b"hello"


def fill(connection: socket.socket) -> int:
    """Write until nothing more is taken for a while; gives how many octets were. Fewer would be no less true."""
    connection.settimeout(0.2)
    written_bytes = 0
    try:
        while True:
            written_bytes += connection.send(bytes(1 << 16))
    except TimeoutError:
        return written_bytes
    finally:
        connection.settimeout(20)


@DIRECTIONS
def test_what_was_said_before_a_reset_still_reaches_a_slow_reader(
    direction: Direction, proxy: Callable[..., LiveProxy], connect: Connect
) -> None:
    """It is reset while so much waits that the proxy does not read: what it has not read comes before the reset."""
    alone = proxy()
    source, destination = connect(alone).sides(direction)
    written_bytes = fill(source)
    passed_bytes = octets_passed(alone)[direction]
    reset(source)
    received = []
    with pytest.raises(ConnectionResetError):
        received.extend(everything(destination))
    # A reset drops what its own side had not sent yet; the rest had left it.
    assert 0 < sum(map(len, received)) <= written_bytes
    (end,) = alone.log("reset")
    assert passed_bytes < end[f"{direction}_bytes"] <= written_bytes


@DIRECTIONS
def test_a_reset_that_is_first_noticed_in_writing_is_passed_on(
    direction: Direction, proxy: Callable[..., LiveProxy], connect: Connect
) -> None:
    """The kernel tells of it once: to whoever writes then, while whoever reads is told of an end.

    What was said before it is passed on first.
    """
    alone = proxy()
    source, destination = connect(alone).sides(direction)
    source.sendall(b"a")
    assert destination.recv(100) == b"a"
    with alone.loop.stopped():
        source.sendall(b"b")
        destination.sendall(b"bye")
        reset(destination)
    assert source.recv(100) == b"bye"
    with pytest.raises(ConnectionResetError):
        source.recv(100)
