"""Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back."""

import re
import socket
import sys
from io import BufferedReader

MESSAGES = (b"hello", b"", "naïve €".encode())
MAX_DIGITS = 9
LENGTH = re.compile(rb"(0|[1-9][0-9]*):")


def receive_length(stream: BufferedReader) -> int:
    """Read a length and its colon."""
    digits = b""
    while not digits.endswith(b":") and len(digits) <= MAX_DIGITS:
        digits += receive_exactly(stream, 1)
    length = LENGTH.fullmatch(digits)
    if length is None:
        raise ValueError("not a netstring")
    return int(length[1])


def receive_exactly(stream: BufferedReader, size: int) -> bytes:
    """Return the next `size` bytes; EOFError if the stream ends before."""
    received = stream.read(size)  # a buffered reader reads on until it has them all
    if len(received) < size:
        raise EOFError("the stream ended inside an answer")
    return received


def receive_message(stream: BufferedReader) -> bytes:
    message = receive_exactly(stream, receive_length(stream))
    if receive_exactly(stream, 1) != b",":
        raise ValueError("no comma after the message")
    return message


def ask(conn: socket.socket) -> None:
    """Send each message, and wait for it to come back before the next."""
    with conn.makefile("rb") as stream:  # one for all answers: it may hold a part of the next
        for message in MESSAGES:
            conn.sendall(b"%d:%b," % (len(message), message))
            print(receive_message(stream).decode("utf-8"))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
