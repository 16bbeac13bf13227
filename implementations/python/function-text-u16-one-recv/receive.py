"""Reads text messages from a socket: two bytes of length, then that many bytes of UTF-8.

Broken on purpose: the text is taken from one recv().
"""

import socket


def receive_exactly(sock: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = sock.recv(size - len(received))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def receive(sock: socket.socket) -> str:
    """Return the next message; EOFError at the end."""
    size = int.from_bytes(receive_exactly(sock, 2), "big")
    return sock.recv(size).decode()  # BUG: recv() may return less than it is asked for
