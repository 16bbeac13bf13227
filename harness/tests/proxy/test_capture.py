"""A capture of live traffic: a file that packet tools can read, with packets whose sums are right."""

from __future__ import annotations

import io
import ipaddress
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.wire.pcapng import TcpConversation, header, packet

from .conftest import LiveProxy, Pair


@dataclass(frozen=True)
class Packet:
    """What a reader of the file sees of a packet."""

    interface: int
    source: tuple[str, int]
    destination: tuple[str, int]
    sequence: int
    acknowledged: int
    flags: str
    payload: bytes
    comment: str


def blocks(octets: bytes) -> Iterator[tuple[int, bytes]]:
    while octets:
        kind, length = struct.unpack_from("<II", octets)
        assert length % 4 == 0
        assert struct.unpack_from("<I", octets, length - 4) == (length,)
        yield kind, octets[8 : length - 4]
        octets = octets[length:]


def packets(octets: bytes) -> list[Packet]:
    return [parsed(body) for kind, body in blocks(octets) if kind == 6]


def parsed(body: bytes) -> Packet:
    interface, _, _, length, original = struct.unpack_from("<IIIII", body)
    assert length == original
    ip, options = body[20 : 20 + length], body[20 + (length + 3) // 4 * 4 :]
    comment = ""
    if options:
        code, size = struct.unpack_from("<HH", options)
        assert (code, options[-4:]) == (1, bytes(4))
        comment = options[4 : 4 + size].decode()
    if ip[0] >> 4 == 4:
        assert struct.unpack_from("!H", ip, 2) == (len(ip),)
        assert summed(ip[:20]) == 0xFFFF
        hosts, tcp = (ip[12:16], ip[16:20]), ip[20:]
    else:
        assert struct.unpack_from("!H", ip, 4) == (len(ip) - 40,)
        hosts, tcp = (ip[8:24], ip[24:40]), ip[40:]
    assert summed(b"".join(hosts) + struct.pack("!II", len(tcp), 6) + tcp) == 0xFFFF
    source, destination, sequence, acknowledged, _, flags = struct.unpack_from("!HHIIBB", tcp)
    names = [str(ipaddress.ip_address(host)) for host in hosts]
    letters = "".join(letter for bit, letter in enumerate("FSRPA") if flags >> bit & 1)
    return Packet(
        interface, (names[0], source), (names[1], destination), sequence, acknowledged, letters, tcp[20:], comment
    )


def summed(octets: bytes) -> int:
    """The sum in ones' complement, word by word as RFC 1071 shows it; over a sum that is right it is all ones."""
    total = 0
    for (word,) in struct.iter_unpack("!H", octets + bytes(len(octets) % 2)):
        total += word
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize(
    ("client", "server"), [("10.0.0.1", "10.0.0.2"), ("::1", "fe80::1%eth0"), ("::ffff:10.0.0.1", "10.0.0.2")]
)
def test_a_conversation(client: str, server: str) -> None:
    conversation = TcpConversation((client, 1000), (server, 80))
    made = [
        *conversation.open(),
        *conversation.data(0, b"hello"),
        *conversation.data(1, b"hi"),
        *conversation.end(0),
        *conversation.end(0),
        *conversation.reset(1),
    ]
    seen = packets(b"".join(packet(one, 0, 0) for one in made))
    assert [(one.flags, one.sequence, one.acknowledged, one.payload) for one in seen] == [
        ("S", 0, 0, b""),
        ("SA", 0, 1, b""),
        ("A", 1, 1, b""),
        ("PA", 1, 1, b"hello"),
        ("PA", 1, 6, b"hi"),
        ("FA", 6, 3, b""),
        ("RA", 3, 7, b""),
    ]
    assert [one.source[1] for one in seen] == [1000, 80, 1000, 1000, 80, 1000, 80]


@given(st.binary(max_size=200_000))
def test_octets_of_any_size_are_in_packets(octets: bytes) -> None:
    conversation = TcpConversation(("::1", 1), ("::1", 2))
    made = packets(b"".join(packet(one, 1, 0) for one in conversation.data(0, octets)))
    assert b"".join(one.payload for one in made) == octets
    assert [one.sequence for one in made] == [1 + sum(len(one.payload) for one in made[:at]) for at in range(len(made))]


def test_the_start_of_a_file() -> None:
    (section, _), *interfaces = blocks(header("one", "two"))
    assert section == 0x0A0D0D0A
    for (kind, body), name in zip(interfaces, (b"one", b"two"), strict=True):
        assert kind == 1
        assert struct.unpack_from("<H", body) == (101,)
        assert body[8:] == struct.pack("<HH", 2, 3) + name + b"\0" + struct.pack("<HH", 9, 1) + b"\x09\0\0\0" + bytes(4)


def test_times_and_comments() -> None:
    ((_, body),) = blocks(packet(b"x", 0, (5 << 32) + 7, "what this is"))
    assert struct.unpack_from("<III", body) == (0, 5, 7)
    assert b"what this is" in body


def test_live_traffic(proxy: Callable[..., LiveProxy], connect: Callable[[LiveProxy], Pair]) -> None:
    file = io.BytesIO()
    captured = proxy("cut after 1 upstream", capture=file)
    pair = connect(captured)
    pair.client.sendall(b"abc")
    assert [pair.server.recv(100), pair.server.recv(100)] == [b"a", b"bc"]
    pair.server.sendall(b"def")
    assert pair.client.recv(100) == b"def"
    pair.client.shutdown(socket.SHUT_WR)
    assert pair.server.recv(1) == b""
    pair.server.shutdown(socket.SHUT_WR)
    assert pair.client.recv(1) == b""
    captured.end()

    seen = packets(file.getvalue())
    client_side, server_side = ([one for one in seen if one.interface == interface] for interface in (0, 1))
    assert client_side[0].source == pair.client.getsockname()
    assert server_side[0].destination == pair.server.getsockname()
    assert [(one.flags, one.payload) for one in client_side[3:]] == [
        ("PA", b"abc"),
        ("PA", b"def"),
        ("FA", b""),
        ("FA", b""),
    ]
    assert [(one.flags, one.payload, one.comment) for one in server_side[3:]] == [
        ("PA", b"a", ""),
        ("PA", b"bc", "cut after 1 upstream"),
        ("PA", b"def", ""),
        ("FA", b"", ""),
        ("FA", b"", ""),
    ]
