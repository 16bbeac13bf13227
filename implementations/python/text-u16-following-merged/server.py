"""Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.

Broken on purpose: the body is all that has been read, and what was read behind it belongs to the next message.
"""

import contextlib
import socket
import struct
import sys
import threading


def receive_at_least(conn: socket.socket, size: int, received: bytes = b"") -> bytes:
    """Read until there are `size` bytes, with those that were `received` before; EOFError if the stream ends before."""
    while len(received) < size:
        chunk = conn.recv(4096)
        if not chunk:
            raise EOFError
        received += chunk
    return received


def receive_message(conn: socket.socket) -> str:
    received = receive_at_least(conn, 2)
    (length,) = struct.unpack("!H", received[:2])
    received = receive_at_least(conn, 2 + length, received)
    return received[2:].decode("utf-8")  # BUG: the body ends after `length` bytes, and the next message begins there


def send_message(conn: socket.socket, message: str) -> None:
    body = message.encode("utf-8")
    conn.sendall(struct.pack("!H", len(body)) + body)


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is not UTF-8."""
    with conn, contextlib.suppress(EOFError, ConnectionError, UnicodeDecodeError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            send_message(conn, receive_message(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
