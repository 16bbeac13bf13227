"""Client that reads blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.

Each block is one line of JSON on standard output, as soon as it is complete: `{"message": "hello"}`, or
`{"hex": "00ff"}` where it is not UTF-8. The end of the stream is `{"end": true}`, or `{"error": "…"}` where
it should not have come yet or the stream is malformed.

Broken on purpose: the data of a block are taken from one read.
"""

import json
import socket
import struct
import sys
from collections.abc import Iterator

MAX_LENGTH = 65536


def write_down(**line: object) -> None:
    print(json.dumps(line), flush=True)


def write_down_block(block: bytes) -> None:
    try:
        write_down(message=block.decode("utf-8"))
    except UnicodeDecodeError:
        write_down(hex=block.hex())


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError("the stream ended before the last block")
        received += chunk
    return bytes(received)


def blocks(conn: socket.socket) -> Iterator[bytes]:
    """Yield each block as soon as it is complete, the empty one too, behind which the stream must end."""
    length = None
    while length != 0:
        (length,) = struct.unpack("!I", receive_exactly(conn, 4))
        if length > MAX_LENGTH:
            raise ValueError(f"a block of {length} bytes is too long")
        block = conn.recv(length)  # BUG: it may give fewer bytes than it was asked for
        if length > 0 and not block:
            raise EOFError("the stream ended inside a block")
        yield block
    if conn.recv(1):
        raise ValueError("there is something behind the last block")


def receive_blocks(conn: socket.socket) -> None:
    """Write down blocks until the stream ends, the server vanishes or what it sends is malformed."""
    try:
        for block in blocks(conn):
            write_down_block(block)
    except (EOFError, ConnectionError, ValueError) as error:
        write_down(error=str(error))
    else:
        write_down(end=True)


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    with socket.create_connection((host, port)) as conn:
        receive_blocks(conn)


if __name__ == "__main__":
    main()
