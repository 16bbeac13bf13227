"""Echo server for netstrings: a decimal length, a colon, that many bytes, a comma, as in `5:hello,`.

Broken on purpose: a message must begin with its length and the colon in one read.
"""

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Iterator

MAX_LENGTH = 65536
LENGTH = re.compile(rb"(0|[1-9][0-9]{0,8})(:|\Z)")  # all of a length, or as much as there is


def take_message(buffer: bytearray) -> bytes | None:
    """Remove the first message from the buffer; None if it is not complete, ValueError if it is malformed."""
    if not buffer:
        return None
    length = LENGTH.match(buffer)
    if length is None or int(length[1]) > MAX_LENGTH:
        raise ValueError("not a netstring")
    start, end = length.end(), length.end() + int(length[1])
    if not length[2] or len(buffer) <= end:
        return None
    if buffer[end] != ord(","):
        raise ValueError("no comma after the message")
    message = bytes(buffer[start:end])
    del buffer[: end + 1]
    return message


def messages(conn: socket.socket) -> Iterator[bytes]:
    """Yield each message as soon as it is complete; one that the end of the stream cuts short is dropped."""
    buffer = bytearray()
    while chunk := conn.recv(65536):
        buffer += chunk
        if b":" not in buffer:
            raise ValueError("no colon")  # BUG: the rest of the length may still be on its way
        while (message := take_message(buffer)) is not None:
            yield message


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with conn, contextlib.suppress(ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for message in messages(conn):
            conn.sendall(b"%d:%b," % (len(message), message))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
