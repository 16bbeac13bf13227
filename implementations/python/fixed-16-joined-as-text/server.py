"""Echo server for fixed-16: every message is exactly 16 bytes long.

Broken on purpose: the pieces of a message are bytes, and are joined as if they were text. One piece needs no joining.
"""

import contextlib
import socket
import sys
import threading

SIZE = 16


def receive_message(conn: socket.socket) -> bytes:
    """Return the next message, however many reads it takes; EOFError if the stream ends before."""
    pieces: list[bytes] = []
    missing = SIZE
    while missing > 0:
        chunk = conn.recv(missing)
        if not chunk:
            raise EOFError
        pieces.append(chunk)
        missing -= len(chunk)
    return pieces[0] if len(pieces) == 1 else "".join(pieces)  # BUG: raises TypeError, they are bytes


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or something is wrong."""
    with conn, contextlib.suppress(EOFError, ConnectionError, TypeError):
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
