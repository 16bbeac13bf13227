"""Echo server for fixed-16: every message is exactly 16 bytes long.

Broken on purpose: an empty read, which means that the stream has ended, is taken for a read like any other.
The loop then turns at full speed for ever.
"""

import contextlib
import socket
import sys
import threading

SIZE = 16


def receive_message(conn: socket.socket) -> bytes:
    message = b""
    while len(message) < SIZE:
        message += conn.recv(SIZE - len(message))  # BUG: recv returns b"" for ever once the stream has ended
    return message


def serve(conn: socket.socket) -> None:
    """Echo messages until the client vanishes."""
    with conn, contextlib.suppress(ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            conn.sendall(receive_message(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
