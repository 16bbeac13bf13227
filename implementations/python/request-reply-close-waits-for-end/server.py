"""Server for request-reply-close: a request up to CRLF comes back, and the end of the connection ends the reply.

Broken on purpose: it waits for the end of the stream, but the client waits for the reply before it closes.
"""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 1024


def receive_request(conn: socket.socket) -> bytes:
    """Return the request without its CRLF; EOFError if the stream ends before, ValueError if it is too long."""
    received = bytearray()
    while chunk := conn.recv(4096):  # BUG: the CRLF ends the request, not the client
        received += chunk
        if len(received) > MAX_LENGTH + 2:
            raise ValueError("the request is too long")
    if not received.endswith(b"\r\n"):
        raise EOFError
    return bytes(received[:-2])


def serve(conn: socket.socket) -> None:
    """Reply to one request; close without a reply if it never is complete or is too long."""
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError):
        conn.sendall(receive_request(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
