r"""Echo server for delimited-escaped: lines that end in LF, with \n for an LF and \\ for a backslash in them.

Broken on purpose: an escape is looked for within what one read gives, so a backslash that is the last byte of a
read stands for itself.
"""

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Iterator

MAX_LENGTH = 2048  # as escaped
TOKEN = re.compile(rb"\\(.)|[^\n]|\n", re.DOTALL)
DECODED = {b"n": b"\n", b"\\": b"\\"}


def escape(message: bytes) -> bytes:
    return message.replace(b"\\", rb"\\").replace(b"\n", rb"\n")


def messages(conn: socket.socket) -> Iterator[bytes]:
    """Yield what each line says as soon as it is complete; one that the end of the stream cuts short is dropped."""
    message, length = bytearray(), 0
    while chunk := conn.recv(4096):
        for token in TOKEN.finditer(chunk):  # BUG: the byte that a backslash escapes may come with the next chunk
            if token[0] == b"\n":
                yield bytes(message)
                message, length = bytearray(), 0
                continue
            length += len(token[0])
            if length > MAX_LENGTH or (token[1] and token[1] not in DECODED):
                raise ValueError("too long, or an escape that is none")
            message += DECODED[token[1]] if token[1] else token[0]


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with conn, contextlib.suppress(ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for message in messages(conn):
            conn.sendall(escape(message) + b"\n")


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
