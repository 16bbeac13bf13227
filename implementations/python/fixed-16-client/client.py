"""Client for fixed-16: every message is exactly 16 bytes long. What it says comes back."""

import socket
import sys

SIZE = 16
MESSAGES = (b"0123456789abcdef", b"                ", "naïve € = 160".encode())


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError("the stream ended inside an answer")
        received += chunk
    return bytes(received)


def ask(conn: socket.socket) -> None:
    """Send each message, and wait for it to come back before the next."""
    for message in MESSAGES:
        conn.sendall(message)
        print(receive_exactly(conn, SIZE).decode("utf-8"))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
