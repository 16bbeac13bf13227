"""Server for two-way-stream: the client streams and shuts its side down, then the stream comes back.

Broken on purpose: what one read gives is taken for the whole stream.
"""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 65536


def receive_stream(conn: socket.socket) -> bytes:
    """Return everything up to the end of the stream; ValueError if that is too much."""
    received = conn.recv(MAX_LENGTH + 1)  # BUG: the stream goes on until a read gives nothing
    if len(received) > MAX_LENGTH:
        raise ValueError("the stream is too long")
    return received


def serve(conn: socket.socket) -> None:
    """Send the stream back once it has ended; nothing if the client vanishes or sends too much."""
    with conn, contextlib.suppress(ConnectionError, ValueError):
        conn.sendall(receive_stream(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
