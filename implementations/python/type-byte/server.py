"""Echo server for type-byte: the first byte of a message says its type, and the type says how long it is."""

import contextlib
import socket
import sys
import threading

NOTHING, NUMBER, TEXT, BLOCK = 1, 2, 3, 4
SIZES = {NOTHING: 0, NUMBER: 4, TEXT: 16, BLOCK: 256}


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def receive_message(conn: socket.socket) -> tuple[int, bytes]:
    """Return the type of the next message and its value; ValueError if it is malformed."""
    (kind,) = receive_exactly(conn, 1)
    if kind not in SIZES:
        raise ValueError("nobody knows how long the value is")
    value = receive_exactly(conn, SIZES[kind])
    if kind == TEXT:
        value.decode("utf-8")
    return kind, value


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            kind, value = receive_message(conn)
            conn.sendall(bytes([kind]) + value)


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
