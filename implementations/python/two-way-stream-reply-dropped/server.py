"""Server for two-way-stream: the client streams and shuts its side down, then the stream comes back.

Broken on purpose: when the client shuts its side down, the connection is taken to be over, and nothing comes back.
"""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 65536


def receive_stream(conn: socket.socket) -> bytes:
    """Return everything up to the end of the stream; ValueError if that is too much."""
    received = bytearray()
    while chunk := conn.recv(65536):
        received += chunk
        if len(received) > MAX_LENGTH:
            raise ValueError("the stream is too long")
    raise ConnectionError("the client has gone")  # BUG: it has only finished sending, and still reads


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
