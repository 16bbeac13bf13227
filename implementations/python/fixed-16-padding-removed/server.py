"""Echo server for fixed-16: every message is exactly 16 bytes long.

Broken on purpose: spaces at the end are taken for padding and removed, so what goes back is shorter than a message.
"""

import contextlib
import socket
import sys
import threading

SIZE = 16


def receive_message(conn: socket.socket) -> bytes:
    """Return the next message, however many reads it takes; EOFError if the stream ends before."""
    message = b""
    while len(message) < SIZE:
        chunk = conn.recv(SIZE - len(message))
        if not chunk:
            raise EOFError
        message += chunk
    return message


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends or the client vanishes."""
    with conn, contextlib.suppress(EOFError, ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            conn.sendall(receive_message(conn).rstrip(b" "))  # BUG: every message has sixteen bytes


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
