"""Echo server for delimited-lf: a message is the bytes up to LF, at most 1024 of them.

Broken on purpose: what was read behind the LF, together with it, is forgotten.
"""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 1024


def receive_message(conn: socket.socket) -> bytes:
    """Return the next message; EOFError if the stream ends before, ValueError if it is too long."""
    received = bytearray()
    while (end := received.find(b"\n", 0, MAX_LENGTH + 1)) < 0:
        if len(received) > MAX_LENGTH:
            raise ValueError("the message is too long")
        chunk = conn.recv(4096)
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received[:end])  # BUG: the start of the next message may be behind it, or all of it


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or a message is too long."""
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            conn.sendall(receive_message(conn) + b"\n")


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
