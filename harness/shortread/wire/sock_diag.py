"""What the Linux kernel knows about TCP sockets: one exact connection, or every listener.

Speaks the `NETLINK_SOCK_DIAG` protocol of sock_diag(7), which needs no privilege.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

SOCK_DIAG_SOCKET = (16, socket.SOCK_RAW, 4)
"""Family AF_NETLINK (which only Linux has), kind and protocol NETLINK_SOCK_DIAG of a socket that is such a channel."""

_SOCK_DIAG_BY_FAMILY = 20
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_NLM_F_REQUEST = 0x1
_NLM_F_DUMP = 0x300
_INET_DIAG_INFO = 2
_NO_COOKIE = 0xFFFFFFFF
_ALL_STATES = 0xFFFFFFFF

_NLMSG_HEADER = struct.Struct("=IHHII")
_REQUEST_HEAD = struct.Struct("=BBBxI")
_SOCKET_ID = struct.Struct("!HH16s16s")
_SOCKET_ID_TAIL = struct.Struct("=III")
_QUEUES = struct.Struct("=II")
_RECEIVED = struct.Struct("=Q")

# Offsets into an answer: struct nlmsghdr (16), then struct inet_diag_msg (72), then attributes.
_FAMILY_AT = _NLMSG_HEADER.size
_STATE_AT = _FAMILY_AT + 1
_PORT_AT = _FAMILY_AT + 4
_ADDRESS_AT = _FAMILY_AT + 8
_QUEUES_AT = _FAMILY_AT + 56
_INODE_AT = _FAMILY_AT + 68
_ATTRIBUTES_AT = _FAMILY_AT + 72
_BYTES_RECEIVED_IN_TCP_INFO = 128


class TcpState(IntEnum):
    """The states of include/net/tcp_states.h that matter here."""

    GONE = 0
    ESTABLISHED = 1
    FIN_WAIT1 = 4
    FIN_WAIT2 = 5
    CLOSE_WAIT = 8
    LISTEN = 10


_OPEN = (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT)
_HALF_CLOSED = (TcpState.FIN_WAIT1, TcpState.FIN_WAIT2)


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket: `inode` is the number behind `/proc/PID/fd/N -> socket:[INODE]`."""

    address: str
    port: int
    inode: int


class UnavailableError(Exception):
    """The kernel does not answer such questions here."""


class SockDiag:
    """A channel to the kernel, opened here or, for another network namespace, there. Not for two threads at once.

    Raises UnavailableError when it cannot be opened, as it is off Linux.
    """

    def __init__(self, channel: socket.socket | None = None) -> None:
        try:
            self._channel = channel or socket.socket(*SOCK_DIAG_SOCKET)
        except OSError as error:
            raise UnavailableError(str(error)) from error
        self._send = self._channel.send
        self._buffer = bytearray(4096)
        self._receive_into = self._channel.recv_into

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def connection(self, query: bytes, *, may_half_close: bool = False) -> tuple[int, int, int, int]:
        """Ask about one connection, with a query made by `connection_query`.

        Gives (state, unread octets, unsent or unacknowledged octets, octets received in all). A FIN counts as
        one octet in what was received. A connection that is unknown gives `TcpState.GONE`, though the kernel
        answers with the listening socket for it; so does one whose end was closed, or shut down, unless whoever
        has shut it down `may_half_close` and still has it open.
        """
        self._send(query)
        size = self._receive_into(self._buffer)
        answer = self._buffer
        state = answer[_STATE_AT]
        is_known = state in _OPEN or (may_half_close and state in _HALF_CLOSED and _has_owner(answer))
        if size < _ATTRIBUTES_AT or not is_known:
            return TcpState.GONE, 0, 0, 0
        unread, unsent = _QUEUES.unpack_from(answer, _QUEUES_AT)
        return state, unread, unsent, _bytes_received(answer, size)

    def listeners(self) -> Iterator[Listener]:
        """Every listening TCP socket of this network namespace, IPv4 and IPv6."""
        for family in (socket.AF_INET, socket.AF_INET6):
            body = _REQUEST_HEAD.pack(family, socket.IPPROTO_TCP, 0, 1 << TcpState.LISTEN) + bytes(48)
            self._send(_message(body, flags=_NLM_F_REQUEST | _NLM_F_DUMP))
            yield from self._dump()

    def _dump(self) -> Iterator[Listener]:
        while True:
            answer = memoryview(self._channel.recv(1 << 16))
            while answer:
                length, kind, *_ = _NLMSG_HEADER.unpack_from(answer)
                if kind in (_NLMSG_DONE, _NLMSG_ERROR):
                    return
                yield _listener(answer)
                answer = answer[(length + 3) & ~3 :]


def connection_query(*, local: tuple[str, int], remote: tuple[str, int]) -> bytes:
    """The query for the connection whose own end is `local`; addresses are numeric, IPv4 or IPv6."""
    head, source = _head_and_address(local[0])
    _, destination = _head_and_address(remote[0])
    return head + _SOCKET_ID.pack(local[1], remote[1], source, destination) + _ANY_SOCKET


_ANY_SOCKET = _SOCKET_ID_TAIL.pack(0, _NO_COOKIE, _NO_COOKIE)
_QUERY_BYTES = _REQUEST_HEAD.size + _SOCKET_ID.size + _SOCKET_ID_TAIL.size


@lru_cache(maxsize=256)
def _head_and_address(text: str) -> tuple[bytes, bytes]:
    """What a query for an address begins with, and the address in it. Every trial asks about the same few."""
    address = ipaddress.ip_address(text)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    body = _REQUEST_HEAD.pack(family, socket.IPPROTO_TCP, 1 << (_INET_DIAG_INFO - 1), _ALL_STATES)
    header = _NLMSG_HEADER.pack(_NLMSG_HEADER.size + _QUERY_BYTES, _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 0, 0)
    return header + body, address.packed.ljust(16, b"\0")


def _message(body: bytes, *, flags: int) -> bytes:
    return _NLMSG_HEADER.pack(_NLMSG_HEADER.size + len(body), _SOCK_DIAG_BY_FAMILY, flags, 0, 0) + body


def _bytes_received(answer: bytearray, size: int) -> int:
    at = _ATTRIBUTES_AT
    while at + 4 <= size:
        length = answer[at] | answer[at + 1] << 8
        if answer[at + 2] == _INET_DIAG_INFO:
            (received,) = _RECEIVED.unpack_from(answer, at + 4 + _BYTES_RECEIVED_IN_TCP_INFO)
            return int(received)
        at += (length + 3) & ~3
    raise UnavailableError("the kernel's answer has no tcp_info")


def _has_owner(answer: bytearray) -> bool:
    """Whether a process still has the socket open: one that was closed has no inode any more."""
    return any(answer[_INODE_AT : _INODE_AT + 4])


def _listener(answer: memoryview) -> Listener:
    is_ipv4 = answer[_FAMILY_AT] == socket.AF_INET
    packed = bytes(answer[_ADDRESS_AT : _ADDRESS_AT + (4 if is_ipv4 else 16)])
    (port,) = struct.unpack_from("!H", answer, _PORT_AT)
    (inode,) = struct.unpack_from("=I", answer, _INODE_AT)
    return Listener(address=str(ipaddress.ip_address(packed)), port=port, inode=inode)
