r"""Echo server for delimited-escaped: lines that end in LF, with \n for an LF and \\ for a backslash in them.

Broken on purpose: escapes are undone before the lines are told apart, so an LF in a message ends it.
"""

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Iterator

MAX_LENGTH = 2048  # as escaped
LINE = re.compile(rb"(?:[^\\]|\\[\\n])*")
DECODED = {rb"\n": b"\n", rb"\\": b"\\"}


def unescape(line: bytes) -> bytes:
    """Return what a complete line says; ValueError if there is a backslash that escapes nothing."""
    if not LINE.fullmatch(line):
        raise ValueError("an escape that is none")
    return re.sub(rb"\\.", lambda escape: DECODED[escape[0]], line)


def escape(message: bytes) -> bytes:
    return message.replace(b"\\", rb"\\").replace(b"\n", rb"\n")


def messages(conn: socket.socket) -> Iterator[bytes]:
    """Yield each message as soon as it is complete; one that the end of the stream cuts short is dropped."""
    buffer = bytearray()
    while chunk := conn.recv(4096):
        buffer += chunk
        while (end := buffer.find(b"\n", 0, MAX_LENGTH + 1)) >= 0:
            yield from unescape(bytes(buffer[:end])).split(b"\n")  # BUG: an LF that was escaped is no end of a line
            del buffer[: end + 1]
        if len(buffer) > MAX_LENGTH:  # no LF can come in time any more
            raise ValueError("the line is too long")


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
