"""Client for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text. What it says comes back."""

import socket
import struct
import sys

MESSAGES = ("hello", "", "naïve €")


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError("the stream ended inside an answer")
        received += chunk
    return bytes(received)


def receive_message(conn: socket.socket) -> str:
    (length,) = struct.unpack("!H", receive_exactly(conn, 2))
    return receive_exactly(conn, length).decode("utf-8")


def send_message(conn: socket.socket, message: str) -> None:
    body = message.encode("utf-8")
    conn.sendall(struct.pack("!H", len(body)) + body)


def ask(conn: socket.socket) -> None:
    """Send each message, and wait for it to come back before the next."""
    for message in MESSAGES:
        send_message(conn, message)
        print(receive_message(conn))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
