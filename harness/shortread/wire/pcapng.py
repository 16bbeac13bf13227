"""Octets of a TCP conversation -> a pcapng file, for Wireshark and its kin. Pure.

Follows draft-ietf-opsawg-pcapng and, for the packets, RFC 791, RFC 8200 and RFC 9293. The packets are made up
from what was read and written: no capture has to be privileged, and none has to be taken apart.
"""

from __future__ import annotations

import ipaddress
import struct

_SECTION_HEADER, _INTERFACE_DESCRIPTION, _ENHANCED_PACKET = 0x0A0D0D0A, 1, 6
_LINKTYPE_RAW = 101
_OPTION_COMMENT, _OPTION_NAME, _OPTION_TIME_RESOLUTION = 1, 2, 9
_NANOSECONDS = b"\x09"
_FIN, _SYN, _RST, _PSH, _ACK = 1, 2, 4, 8, 16
_WINDOW = 65535
_HOP_LIMIT = 64
_LONGEST_SEGMENT_BYTES = 65000
"""The length of a packet is a number of 16 bits, for IPv4 with its headers."""


def header(*interface_names: str) -> bytes:
    """The start of a file: its section, and the interfaces that packets refer to by number, from 0."""
    section = _block(_SECTION_HEADER, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    return section + b"".join(map(_interface, interface_names))


def packet(octets: bytes, interface: int, time_ns: int, comment: str = "") -> bytes:
    """One IP packet; `time_ns` counts from 1970."""
    head = struct.pack("<IIIII", interface, time_ns >> 32, time_ns & 0xFFFFFFFF, len(octets), len(octets))
    return _block(_ENHANCED_PACKET, head + _padded(octets) + _options((_OPTION_COMMENT, comment.encode()[:0xFFFF])))


class TcpConversation:
    """The packets of one connection. Side 0 is the one that connected, side 1 the one that listened.

    Each method gives whole IP packets, none where the side has ended already.
    """

    def __init__(self, connecting: tuple[str, int], listening: tuple[str, int]) -> None:
        self._hosts = tuple(_packed(host) for host, _ in (connecting, listening))
        if len({len(host) for host in self._hosts}) != 1:
            self._hosts = tuple(map(_mapped, self._hosts))
        self._ports = (connecting[1], listening[1])
        self._next = [1, 1]
        self._has_ended = [False, False]

    def open(self) -> list[bytes]:
        """The handshake."""
        return [
            self._packet(0, _SYN, at=0, acknowledges=0),
            self._packet(1, _SYN | _ACK, at=0),
            self._packet(0, _ACK),
        ]

    def data(self, side: int, octets: bytes) -> list[bytes]:
        """Octets that a side has sent, in as few packets as may be."""
        packets = []
        for at in range(0, len(octets), _LONGEST_SEGMENT_BYTES):
            piece = octets[at : at + _LONGEST_SEGMENT_BYTES]
            packets.append(self._packet(side, _PSH | _ACK, piece))
            self._next[side] = (self._next[side] + len(piece)) & 0xFFFFFFFF
        return packets

    def end(self, side: int) -> list[bytes]:
        """A side sends nothing more."""
        if self._has_ended[side]:
            return []
        self._has_ended[side] = True
        packets = [self._packet(side, _FIN | _ACK)]
        self._next[side] = (self._next[side] + 1) & 0xFFFFFFFF
        return packets

    def reset(self, side: int) -> list[bytes]:
        """A side resets the connection."""
        return [self._packet(side, _RST | _ACK)]

    def _packet(
        self, side: int, flags: int, payload: bytes = b"", *, at: int | None = None, acknowledges: int | None = None
    ) -> bytes:
        source, destination = self._hosts[side], self._hosts[1 - side]
        sequence = self._next[side] if at is None else at
        acknowledged = self._next[1 - side] if acknowledges is None else acknowledges
        ports = (self._ports[side], self._ports[1 - side])
        length = 20 + len(payload)
        pseudo = source + destination + struct.pack("!II", length, 6)
        checksum = 0
        for _ in range(2):  # the second time it is known
            segment = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, flags, _WINDOW, checksum, 0)
            checksum = checksum or _checksum(pseudo + segment + payload)
        if len(source) == 4:
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, _HOP_LIMIT, 6, 0)
            head = head[:10] + struct.pack("!H", _checksum(head + source + destination))
        else:
            head = struct.pack("!IHBB", 6 << 28, length, 6, _HOP_LIMIT)
        return head + source + destination + segment + payload


def _interface(name: str) -> bytes:
    options = _options((_OPTION_NAME, name.encode()), (_OPTION_TIME_RESOLUTION, _NANOSECONDS))
    return _block(_INTERFACE_DESCRIPTION, struct.pack("<HHI", _LINKTYPE_RAW, 0, 0) + options)


def _options(*options: tuple[int, bytes]) -> bytes:
    present = [(code, value) for code, value in options if value]
    if not present:
        return b""
    return b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in present) + bytes(4)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def _checksum(octets: bytes) -> int:
    """RFC 1071. 2**16 is 1 modulo 0xFFFF, so the sum of all words is the remainder of the whole number."""
    total = int.from_bytes(octets + bytes(len(octets) % 2), "big")
    return 0xFFFF - (total % 0xFFFF or (0xFFFF if total else 0))


def _packed(host: str) -> bytes:
    return ipaddress.ip_address(host.partition("%")[0]).packed


def _mapped(host: bytes) -> bytes:
    """An address as IPv6, where the two ends are of different kinds."""
    return bytes(10) + b"\xff\xff" + host if len(host) == 4 else host
