"""Echo server for fixed-16: every message is exactly 16 bytes long. It serves one client, and ends.

Broken on purpose: every read is taken for a whole message. The reply to one that came short is filled up with
NULs, as `struct` does.
"""

import contextlib
import socket
import struct
import sys

RECORD = struct.Struct("16s")


def receive_message(conn: socket.socket) -> bytes:
    message = conn.recv(RECORD.size)  # BUG: recv may return fewer bytes than it was asked for
    if not message:
        raise EOFError
    return message


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends or the client vanishes."""
    with conn, contextlib.suppress(EOFError, ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            conn.sendall(RECORD.pack(receive_message(conn)))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        conn, _ = listener.accept()
    serve(conn)


if __name__ == "__main__":
    main()
