"""Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.

Broken on purpose: the length of a reply counts characters, but text that is not ASCII has more bytes than characters.
"""

import contextlib
import socket
import struct
import sys
import threading


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def receive_message(conn: socket.socket) -> str:
    (length,) = struct.unpack("!H", receive_exactly(conn, 2))
    return receive_exactly(conn, length).decode("utf-8")


def send_message(conn: socket.socket, message: str) -> None:
    body = message.encode("utf-8")
    conn.sendall(struct.pack("!H", len(message)) + body)  # BUG: the length is that of the body, in bytes


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
