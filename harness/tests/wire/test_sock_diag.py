"""What the kernel says of connections and listeners."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from shortread.wire.sock_diag import Listener, SockDiag, TcpState, connection_query

Until = Callable[[Callable[[], object]], None]


def query(end: socket.socket) -> bytes:
    """The query for this end of a connection."""
    return connection_query(local=end.getsockname()[:2], remote=end.getpeername()[:2])


def test_octets_are_unread_until_they_are_read(
    diag: SockDiag, client: socket.socket, server: socket.socket, until: Until
) -> None:
    client.sendall(b"hello")
    until(lambda: diag.connection(query(server)) == (TcpState.ESTABLISHED, 5, 0, 5))
    server.recv(2)
    assert diag.connection(query(server)) == (TcpState.ESTABLISHED, 3, 0, 5)
    server.recv(3)
    assert diag.connection(query(server)) == (TcpState.ESTABLISHED, 0, 0, 5)


def test_an_end_counts_as_one_octet(diag: SockDiag, client: socket.socket, server: socket.socket, until: Until) -> None:
    client.sendall(b"hello")
    client.shutdown(socket.SHUT_WR)
    until(lambda: diag.connection(query(server))[0] == TcpState.CLOSE_WAIT)
    assert diag.connection(query(server))[3] == 6


def test_octets_that_the_other_end_has_no_room_for_are_unsent(
    diag: SockDiag, server: socket.socket, fill: Callable[[socket.socket], int]
) -> None:
    written = fill(server)
    _, _, unsent, _ = diag.connection(query(server))
    assert 0 < unsent < written


def test_an_end_that_was_closed_is_gone(diag: SockDiag, server: socket.socket, until: Until) -> None:
    question = query(server)
    server.close()
    until(lambda: diag.connection(question) == (TcpState.GONE, 0, 0, 0))


def test_an_unknown_connection_is_gone_though_its_port_listens(diag: SockDiag, listener: socket.socket) -> None:
    address = listener.getsockname()[:2]
    assert diag.connection(connection_query(local=address, remote=(address[0], 1))) == (TcpState.GONE, 0, 0, 0)


def test_a_connection_that_nobody_has_accepted_yet_is_known(
    diag: SockDiag, listener: socket.socket, until: Until
) -> None:
    with socket.create_connection(listener.getsockname()[:2]) as client:
        client.sendall(b"hello")
        question = connection_query(local=client.getpeername()[:2], remote=client.getsockname()[:2])
        until(lambda: diag.connection(question) == (TcpState.ESTABLISHED, 5, 0, 5))


def test_listeners_have_the_inodes_of_their_descriptors(diag: SockDiag, listener: socket.socket) -> None:
    address, port = listener.getsockname()[:2]
    inode = os.fstat(listener.fileno()).st_ino
    assert Listener(address=address, port=port, inode=inode) in diag.listeners()


def test_what_does_not_listen_any_more_is_not_listed(diag: SockDiag, listener: socket.socket) -> None:
    inode = os.fstat(listener.fileno()).st_ino
    listener.close()
    assert inode not in {listening.inode for listening in diag.listeners()}
