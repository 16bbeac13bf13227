"""Echo server for json-header: a 2-byte length, a JSON header of that length, and text as the header says.

Broken on purpose: three steps share one buffer, and the last of them does not look whether all of the text is there.
"""

import contextlib
import json
import socket
import struct
import sys
import threading
from typing import Any

MAX_LENGTH = 65536


class Reader:
    """What a connection has received and nobody has taken yet."""

    def __init__(self, conn: socket.socket) -> None:
        self._conn = conn
        self._held = bytearray()

    def fill(self, size: int) -> None:
        """Read until there are `size` bytes; EOFError if the stream ends before."""
        while len(self._held) < size:
            chunk = self._conn.recv(65536)
            if not chunk:
                raise EOFError
            self._held += chunk

    def take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def receive_header(reader: Reader) -> dict[str, Any]:
    """Return the next header; EOFError if the stream ends before, ValueError if it is malformed."""
    reader.fill(2)
    (size,) = struct.unpack("!H", reader.take(2))
    reader.fill(size)
    header = json.loads(reader.take(size).decode("utf-8"))
    match header:
        case {"Content-type": _, "Content-encoding": str(), "Content-length": int(length)}:
            if not isinstance(length, bool) and 0 <= length <= MAX_LENGTH:
                return header
    raise ValueError("the header does not say what follows")


def receive_message(reader: Reader) -> tuple[dict[str, Any], str]:
    header = receive_header(reader)
    length, charset = header["Content-length"], header["Content-encoding"]
    reader.fill(min(length, 1))
    return header, reader.take(length).decode(charset)  # BUG: there may be less of the text than that


def send_message(conn: socket.socket, header: dict[str, Any], text: str) -> None:
    body = text.encode(header["Content-encoding"])
    encoded = json.dumps(header | {"Content-length": len(body)}, ensure_ascii=False).encode("utf-8")
    conn.sendall(struct.pack("!H", len(encoded)) + encoded + body)


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    # LookupError: a charset that nobody knows. RecursionError: JSON in a thousand brackets.
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError, LookupError, RecursionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = Reader(conn)
        while True:
            send_message(conn, *receive_message(reader))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
