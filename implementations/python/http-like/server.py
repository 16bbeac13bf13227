"""Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks."""

import contextlib
import re
import socket
import sys
import threading
from dataclasses import dataclass
from typing import BinaryIO

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


def read_line(stream: BinaryIO, limit: int) -> bytes:
    """Return the next line with its CRLF, at most `limit` bytes besides it; EOFError if the stream ends before."""
    line = stream.readline(limit + 2)
    if not line.endswith(b"\n") and len(line) < limit + 2:
        raise EOFError
    if not line.endswith(b"\r\n"):
        raise ValueError("no CRLF in time")
    return line


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    octets = stream.read(size)  # reads until it has so many bytes or the stream ends
    if len(octets) < size:
        raise EOFError
    return octets


def read_headers(stream: BinaryIO) -> Headers:
    headers: Headers = []
    left = MAX_HEADERS
    while (line := read_line(stream, max(left, 0))) != b"\r\n":
        header = HEADER.fullmatch(line)
        if header is None:
            raise ValueError("not a header")
        headers.append((header[1], header[2]))
        left -= len(line)
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


def read_chunks(stream: BinaryIO) -> bytes:
    """Return the bodies of all chunks; what is left then are the trailers."""
    body = bytearray()
    for _ in range(MAX_CHUNKS):
        size_line = CHUNK_SIZE.fullmatch(read_line(stream, 8))
        if size_line is None or int(size_line[1], 16) > MAX_BODY:
            raise ValueError("not the size of a chunk")
        size = int(size_line[1], 16)
        if size == 0:
            return bytes(body)
        body += read_exactly(stream, size)
        if read_exactly(stream, 2) != b"\r\n":
            raise ValueError("no CRLF after the chunk")
    raise ValueError("too many chunks")


def read_message(stream: BinaryIO) -> Message:
    headers = read_headers(stream)
    codings = values(headers, b"transfer-encoding")
    if not codings:
        return Message(headers=headers, body=read_exactly(stream, body_length(headers)), trailers=None)
    if codings != [b"chunked"] or values(headers, b"content-length"):
        raise ValueError("nobody knows where the body ends")
    return Message(headers=headers, body=read_chunks(stream), trailers=read_headers(stream))


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
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError), conn.makefile("rb") as stream:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            conn.sendall(write_message(read_message(stream)))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
