"""Faults on real sockets: what the other side reads, and what the log says."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.proxy.fault import Direction, parse_fault

from .conftest import LiveProxy, Pair, Until

STREAM = b"5:hello,3:foo,0:,"
Connect = Callable[[LiveProxy], Pair]
Start = Callable[..., LiveProxy]
DIRECTIONS = pytest.mark.parametrize("direction", list(Direction))


def reads(connection: socket.socket) -> list[bytes]:
    """What each read returns, to the end; a reset is shown as such."""
    found = []
    try:
        while octets := connection.recv(1 << 16):
            found.append(octets)
    except ConnectionResetError:
        found.append(b"RESET")
    return found


def send_piece_by_piece(connection: socket.socket, size_bytes: int) -> None:
    """Each piece may take as long as the timeout; `sendall` gives that to all of them together."""
    while size_bytes > 0:
        size_bytes -= connection.send(bytes(1 << 16))


def without_times(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in line.items() if key != "at_seconds"} for line in lines]


@DIRECTIONS
def test_a_cut_makes_two_segments(direction: Direction, proxy: Start, connect: Connect, netstring: FrameCodec) -> None:
    cutting = proxy(f"cut after 1 of length of message 2 {direction}", codec=netstring)
    sender, receiver = connect(cutting).sides(direction)
    sender.sendall(STREAM)
    assert [receiver.recv(100), receiver.recv(100)] == [b"5:hello,3", b":foo,0:,"]
    struck, boundary = cutting.log("struck", "boundary")
    assert without_times([struck, boundary]) == [
        {
            "action": "struck",
            "proxy": "test",
            "connection": 1,
            "direction": direction,
            "offset": 9,
            "message": 2,
            "fault": f"cut after 1 of length of message 2 {direction}",
        },
        {
            "action": "boundary",
            "proxy": "test",
            "connection": 1,
            "direction": direction,
            "offset": 9,
            "proof": "read",
        },
    ]


@pytest.mark.parametrize(("listen", "connect_to"), [("::1", "::1"), ("::", "::1"), ("::", "127.0.0.1")])
def test_the_kernel_is_asked_about_every_kind_of_address(
    *, listen: str, connect_to: str, proxy: Start, listener: socket.socket
) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    cutting = proxy("cut after 1", host=listen)
    with socket.create_connection((connect_to, cutting.address[1])) as client, listener.accept()[0] as server:
        for sender, receiver in ((client, server), (server, client)):
            sender.sendall(b"ab")
            assert [receiver.recv(100), receiver.recv(100)] == [b"a", b"b"]
    assert [line["proof"] for line in cutting.log("boundary")] == ["read", "read"]


def test_every_tenth_connection(proxy: Start, connect: Connect, netstring: FrameCodec) -> None:
    cutting = proxy("cut after 2 of data of message 1 of connection every-10 upstream", codec=netstring)
    for number in range(1, 31):
        pair = connect(cutting)
        pair.client.sendall(STREAM)
        expected = [b"5:he", b"llo,3:foo,0:,"] if number % 10 == 0 else [STREAM]
        assert [pair.server.recv(100) for _ in expected] == expected
    assert [line["connection"] for line in cutting.log("struck")] == [10, 20, 30]


def test_every_octet_alone(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("slice 1 upstream"))
    pair.client.sendall(STREAM)
    pair.client.shutdown(socket.SHUT_WR)
    assert reads(pair.server) == [STREAM[at : at + 1] for at in range(len(STREAM))]


def test_a_reader_that_does_not_read_is_waited_for_and_then_not(proxy: Start, connect: Connect, until: Until) -> None:
    cutting = proxy("cut after 2 upstream")
    pair = connect(cutting)
    pair.client.sendall(b"abcd")
    until(lambda: cutting.log("boundary"))
    assert [line["proof"] for line in cutting.log("boundary")] == ["merged"]
    assert pair.server.recv(2) == b"ab"


def test_of_a_reader_that_has_half_closed_nobody_knows_what_it_has_read(
    proxy: Start, connect: Connect, until: Until
) -> None:
    cutting = proxy("cut after 2 upstream")
    pair = connect(cutting)
    pair.client.sendall(b"a")
    assert pair.server.recv(100) == b"a"
    pair.server.shutdown(socket.SHUT_WR)
    assert reads(pair.client) == []
    pair.client.sendall(b"bcd")
    until(lambda: cutting.log("boundary"))
    assert [line["proof"] for line in cutting.log("boundary")] == ["assumed"]


@DIRECTIONS
def test_a_reset_at_a_place(direction: Direction, proxy: Start, connect: Connect, netstring: FrameCodec) -> None:
    resetting = proxy(f"reset after 1 of data of message 2 {direction}", codec=netstring)
    sender, receiver = connect(resetting).sides(direction)
    sender.sendall(STREAM)
    assert reads(receiver) == [b"5:hello,3:f", b"RESET"]
    assert reads(sender) == [b"RESET"]
    (reset,) = resetting.log("reset")
    assert (reset["by"], reset[f"{direction}_bytes"]) == ("fault", 11)


@DIRECTIONS
def test_a_close_at_a_place(direction: Direction, proxy: Start, connect: Connect) -> None:
    sender, receiver = connect(proxy(f"close after 6 {direction}")).sides(direction)
    sender.sendall(STREAM)
    assert reads(receiver) == [b"5:hell"]
    assert reads(sender) == []


def test_a_close_is_no_reset_though_something_was_left_unread(proxy: Start, connect: Connect) -> None:
    closing = proxy("silence after 1 upstream", "close after 3 downstream")
    pair = connect(closing)
    pair.client.sendall(b"a")
    assert pair.server.recv(100) == b"a"
    pair.client.sendall(b"never read")
    pair.server.sendall(b"xyz")
    assert reads(pair.client) == [b"xyz"]
    # The loop answers when it has done with the connection.
    closing.metrics()
    assert pair.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


@DIRECTIONS
def test_a_half_close_leaves_the_other_way_open(direction: Direction, proxy: Start, connect: Connect) -> None:
    sender, receiver = connect(proxy(f"half-close after 6 {direction}")).sides(direction)
    sender.sendall(STREAM)
    assert reads(receiver) == [b"5:hell"]
    receiver.sendall(b"still here")
    receiver.shutdown(socket.SHUT_WR)
    assert b"".join(reads(sender)) == b"still here"


def test_silence_until_the_end(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("silence 0.05s after 3 upstream"))
    pair.client.sendall(STREAM)
    assert reads(pair.server) == [b"5:h"]
    assert reads(pair.client) == []


def test_what_is_held_waits_for_an_answer(proxy: Start, connect: Connect, netstring: FrameCodec) -> None:
    pair = connect(proxy("hold 1000s after 1 of message 2 upstream", codec=netstring))
    pair.client.sendall(STREAM)
    assert pair.server.recv(100) == b"5:hello,3"
    pair.server.sendall(b"5:hello,")
    assert pair.server.recv(100) == b":foo,0:,"
    assert pair.client.recv(100) == b"5:hello,"


def test_an_answer_counts_that_comes_before_what_it_answers_was_read(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("hold 1000s after 1 upstream"))
    pair.client.sendall(b"ab")
    assert pair.server.recv(100, socket.MSG_PEEK) == b"a"
    pair.server.sendall(b"c")
    assert pair.client.recv(100) == b"c"
    assert pair.server.recv(1) == b"a"
    assert pair.server.recv(1) == b"b"


def test_what_is_held_goes_on_without_an_answer(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("hold 10ms after 1 upstream"))
    pair.client.sendall(b"ab")
    assert [pair.server.recv(100), pair.server.recv(100)] == [b"a", b"b"]


def test_a_pause_makes_two_segments(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("pause 10ms after 1 upstream"))
    pair.client.sendall(b"ab")
    assert [pair.server.recv(100), pair.server.recv(100)] == [b"a", b"b"]


def test_joined_octets_are_one_segment(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("join 0.2s upstream"))
    for octet in b"abcd":
        pair.client.sendall(bytes([octet]))
    assert pair.server.recv(100) == b"abcd"


def test_latency_throttle_and_a_slow_close_change_nothing_but_time(proxy: Start, connect: Connect) -> None:
    slow = proxy("latency 5ms 3ms", "throttle 20000B/s", "slow-close 10ms")
    pair = connect(slow)
    for side, other in ((pair.client, pair.server), (pair.server, pair.client)):
        side.sendall(STREAM * 50)
        side.shutdown(socket.SHUT_WR)
        assert b"".join(reads(other)) == STREAM * 50


def test_what_is_delayed_is_not_read_without_end(proxy: Start, connect: Connect) -> None:
    pair = connect(proxy("latency 1000s upstream"))
    pair.client.settimeout(0.2)
    # The buffers of the two sockets grow to some 10 MiB, and the proxy keeps 256 KiB.
    with pytest.raises(TimeoutError):
        send_piece_by_piece(pair.client, 32 << 20)


def test_a_stream_that_breaks_its_framing_is_relayed(proxy: Start, connect: Connect, netstring: FrameCodec) -> None:
    parsing = proxy("cut after 1 of length of message 2..", codec=netstring)
    pair = connect(parsing)
    pair.client.sendall(b"1:a,not a netstring")
    pair.client.sendall(b" and more")
    pair.client.shutdown(socket.SHUT_WR)
    assert b"".join(reads(pair.server)) == b"1:a,not a netstring and more"
    (lost,) = parsing.log("framing-lost")
    assert (lost["direction"], lost["offset"], lost["message"]) == ("upstream", 4, 2)


def test_the_same_seed_strikes_the_same(proxy: Start, connect: Connect, netstring: FrameCodec) -> None:
    def struck(seed: int) -> list[tuple[int, int]]:
        chancy = proxy("cut after 1 of length of message 50% of connection 50% upstream", codec=netstring, seed=seed)
        for _ in range(12):
            pair = connect(chancy)
            pair.client.sendall(STREAM)
            pair.client.shutdown(socket.SHUT_WR)
            reads(pair.server)
        return [(line["connection"], line["message"]) for line in chancy.log("struck")]

    first = struck(1)
    assert struck(1) == first
    assert struck(2) != first
    assert {1, 2, 3} == {message for _, message in first}


def test_other_faults_while_a_connection_is_open(proxy: Start, connect: Connect) -> None:
    changing = proxy()
    pair = connect(changing)
    pair.client.sendall(b"ab")
    assert pair.server.recv(100) == b"ab"

    async def change(*texts: str) -> None:
        changing.service.proxies["test"].listener.set_faults(tuple(map(parse_fault, texts)))

    changing.loop.run(change("cut after 4 upstream"))
    pair.client.sendall(b"cdef")
    assert [pair.server.recv(100), pair.server.recv(100)] == [b"cd", b"ef"]
    changing.loop.run(change())
    pair.client.sendall(b"gh")
    assert pair.server.recv(100) == b"gh"


def test_a_reset_during_a_fault(proxy: Start, connect: Connect) -> None:
    held = proxy("silence after 1 upstream")
    pair = connect(held)
    pair.client.sendall(b"ab")
    assert pair.server.recv(100) == b"a"
    pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    pair.client.close()
    assert reads(pair.server) == [b"RESET"]


def test_at_the_end_every_connection_is_in_the_log(proxy: Start, connect: Connect) -> None:
    ending = proxy()
    pairs = [connect(ending) for _ in range(3)]
    for pair in pairs:
        pair.client.sendall(b"x")
        assert pair.server.recv(1) == b"x"
    ending.end()
    for pair in pairs:
        assert reads(pair.client) == reads(pair.server) == [b"RESET"]
    assert [(line["connection"], line["by"]) for line in ending.log("reset")] == [(at, "proxy") for at in (1, 2, 3)]
    assert ending.log()[-1]["action"] == "ended"


def test_a_silence_that_is_taken_away_ends_the_connection(proxy: Start, connect: Connect) -> None:
    silent = proxy("silence after 1 upstream")
    pair = connect(silent)
    pair.client.sendall(b"ab")
    assert pair.server.recv(100) == b"a"

    async def take_away() -> None:
        silent.service.proxies["test"].remove_all()

    silent.loop.run(take_away())
    assert reads(pair.server) == []
