"""Server for request-reply-close: a request up to CRLF comes back, and the end of the connection ends the reply.

Broken on purpose: what one read gives is taken for the whole request.
"""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 1024


def receive_request(conn: socket.socket) -> bytes:
    """Return the request without its CRLF; EOFError if the stream ends before."""
    received = conn.recv(MAX_LENGTH + 2)  # BUG: it may be a part of the request
    if not received:
        raise EOFError
    return received.removesuffix(b"\r\n")


def serve(conn: socket.socket) -> None:
    """Reply to one request; close without a reply if there is none."""
    with conn, contextlib.suppress(EOFError, ConnectionError):
        conn.sendall(receive_request(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
