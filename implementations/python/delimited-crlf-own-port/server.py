"""Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.

It listens on a port that is free, and says on which.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator

MAX_LENGTH = 1024


def messages(conn: socket.socket) -> Iterator[bytes]:
    """Yield each message as soon as it is complete; one that the end of the stream cuts short is dropped."""
    buffer = bytearray()
    while chunk := conn.recv(4096):
        buffer += chunk
        while (end := buffer.find(b"\r\n", 0, MAX_LENGTH + 2)) >= 0:
            yield bytes(buffer[:end])
            del buffer[: end + 2]
        if bytes(buffer[MAX_LENGTH:]) not in (b"", b"\r"):  # no CRLF can come in time any more
            raise ValueError("the message is too long")


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or a message is too long."""
    with conn, contextlib.suppress(ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for message in messages(conn):
            conn.sendall(message + b"\r\n")


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print("listening on port", listener.getsockname()[1], flush=True)
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
