"""Receiver for blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.

Each block is one line of JSON on standard output, as soon as it is complete: `{"message": "hello"}`, or
`{"hex": "00ff"}` where it is not UTF-8. The end of the stream is `{"end": true}`, or `{"error": "…"}` where
it should not have come yet or the stream is malformed.

Broken on purpose: a length of zero is taken for an error, but it is how the last block is known.
"""

import contextlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator

MAX_LENGTH = 65536

output = threading.Lock()


def write_down(**line: object) -> None:
    with output:  # lines of two connections must not mix
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
        if not 0 < length <= MAX_LENGTH:  # BUG: the last block is empty
            raise ValueError(f"there is no block of {length} bytes")
        yield receive_exactly(conn, length)
    if conn.recv(1):
        raise ValueError("there is something behind the last block")


def await_end(conn: socket.socket) -> None:
    """Read what still comes, so that the client can send it."""
    with contextlib.suppress(ConnectionError):
        while conn.recv(4096):
            pass


def serve(conn: socket.socket) -> None:
    """Write down blocks until the stream ends, the client vanishes or what it sends is malformed."""
    with conn:
        try:
            for block in blocks(conn):
                write_down_block(block)
        except (EOFError, ConnectionError, ValueError) as error:
            write_down(error=str(error))
            await_end(conn)
        else:
            write_down(end=True)


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
