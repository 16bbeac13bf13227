"""Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks.

Broken on purpose: what was read behind the blank line is thrown away, and mostly that is the body.
"""

import contextlib
import re
import socket
import sys
import threading
from dataclasses import dataclass

MAX_HEADERS = 8192
MAX_BODY = 65536  # of a chunk too
MAX_CHUNKS = 1000
HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*\r\n")
DIGITS = re.compile(rb"[0-9]{1,10}")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True)
class Message:
    headers: Headers
    body: bytes
    trailers: Headers | None  # None if the body was not in chunks


class Reader:
    """Gives what a connection receives in the amounts that are asked for."""

    def __init__(self, conn: socket.socket) -> None:
        self._conn = conn
        self._held = bytearray()

    def _fill(self) -> None:
        chunk = self._conn.recv(65536)
        if not chunk:
            raise EOFError
        self._held += chunk

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def line(self, limit: int) -> bytes:
        """Return the next line with its CRLF, at most `limit` bytes besides it; ValueError if it is longer."""
        while (end := self._held.find(b"\r\n", 0, limit + 2)) < 0:
            if len(self._held) >= limit + 2:
                raise ValueError("no CRLF in time")
            self._fill()
        return self._take(end + 2)

    def forget(self) -> None:
        self._held.clear()

    def exactly(self, size: int) -> bytes:
        while len(self._held) < size:
            self._fill()
        return self._take(size)


def read_headers(reader: Reader) -> Headers:
    headers: Headers = []
    left = MAX_HEADERS
    while (line := reader.line(max(left, 0))) != b"\r\n":
        header = HEADER.fullmatch(line)
        if header is None:
            raise ValueError("not a header")
        headers.append((header[1], header[2]))
        left -= len(line)
    reader.forget()  # BUG: the body may have come in the same read
    return headers


def values(headers: Headers, name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]


def body_length(headers: Headers) -> int:
    """Return what Content-Length says, 0 where there is none; ValueError if it says two things or no number."""
    lengths = set(values(headers, b"content-length")) or {b"0"}
    length = lengths.pop()
    if lengths or not DIGITS.fullmatch(length) or int(length) > MAX_BODY:
        raise ValueError("not a length")
    return int(length)


def read_chunks(reader: Reader) -> bytes:
    """Return the bodies of all chunks; what is left then are the trailers."""
    body = bytearray()
    for _ in range(MAX_CHUNKS):
        size_line = CHUNK_SIZE.fullmatch(reader.line(8))
        if size_line is None or int(size_line[1], 16) > MAX_BODY:
            raise ValueError("not the size of a chunk")
        size = int(size_line[1], 16)
        if size == 0:
            return bytes(body)
        body += reader.exactly(size)
        if reader.exactly(2) != b"\r\n":
            raise ValueError("no CRLF after the chunk")
    raise ValueError("too many chunks")


def read_message(reader: Reader) -> Message:
    headers = read_headers(reader)
    codings = values(headers, b"transfer-encoding")
    if not codings:
        return Message(headers=headers, body=reader.exactly(body_length(headers)), trailers=None)
    if codings != [b"chunked"] or values(headers, b"content-length"):
        raise ValueError("nobody knows where the body ends")
    return Message(headers=headers, body=read_chunks(reader), trailers=read_headers(reader))


def write_headers(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n"


def write_chunks(body: bytes) -> bytes:
    chunks = [body[start : start + MAX_BODY] for start in range(0, len(body), MAX_BODY)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n"


def write_message(message: Message) -> bytes:
    start = write_headers(message.headers)
    if message.trailers is None:
        return start + message.body
    return start + write_chunks(message.body) + write_headers(message.trailers)


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = Reader(conn)
        while True:
            conn.sendall(write_message(read_message(reader)))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
