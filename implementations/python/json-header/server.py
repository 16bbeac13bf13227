"""Echo server for json-header: a 2-byte length, a JSON header of that length, and text as the header says."""

import contextlib
import json
import socket
import struct
import sys
import threading
from typing import Any

MAX_LENGTH = 65536


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def receive_header(conn: socket.socket) -> dict[str, Any]:
    """Return the next header; EOFError if the stream ends before, ValueError if it is malformed."""
    (size,) = struct.unpack("!H", receive_exactly(conn, 2))
    header = json.loads(receive_exactly(conn, size).decode("utf-8"))
    match header:
        case {"Content-type": _, "Content-encoding": str(), "Content-length": int(length)}:
            if not isinstance(length, bool) and 0 <= length <= MAX_LENGTH:
                return header
    raise ValueError("the header does not say what follows")


def receive_message(conn: socket.socket) -> tuple[dict[str, Any], str]:
    header = receive_header(conn)
    return header, receive_exactly(conn, header["Content-length"]).decode(header["Content-encoding"])


def send_message(conn: socket.socket, header: dict[str, Any], text: str) -> None:
    body = text.encode(header["Content-encoding"])
    encoded = json.dumps(header | {"Content-length": len(body)}, ensure_ascii=False).encode("utf-8")
    conn.sendall(struct.pack("!H", len(encoded)) + encoded + body)


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    # LookupError: a charset that nobody knows. RecursionError: JSON in a thousand brackets.
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError, LookupError, RecursionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            send_message(conn, *receive_message(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
