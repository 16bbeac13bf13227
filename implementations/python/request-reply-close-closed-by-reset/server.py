"""Server for request-reply-close: a request up to CRLF comes back, and the end of the connection ends the reply.

Broken on purpose: the connection is closed by a reset, which throws away what is still on its way to the client.
"""

import contextlib
import socket
import struct
import sys
import threading

MAX_LENGTH = 1024


def receive_request(conn: socket.socket) -> bytes:
    """Return the request without its CRLF; EOFError if the stream ends before, ValueError if it is too long.

    The client does not end its side, so nothing is read once the CRLF is there.
    """
    received = bytearray()
    while (end := received.find(b"\r\n", 0, MAX_LENGTH + 2)) < 0:
        if len(received) >= MAX_LENGTH + 2:
            raise ValueError("the request is too long")
        chunk = conn.recv(MAX_LENGTH + 2 - len(received))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received[:end])


def serve(conn: socket.socket) -> None:
    """Reply to one request; close without a reply if it never is complete or is too long."""
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError):
        no_time = struct.pack("@ii", 1, 0)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_time)  # BUG: close() may come before all has gone out
        conn.sendall(receive_request(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
