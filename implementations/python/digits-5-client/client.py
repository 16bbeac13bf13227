"""Client for digits-5: a length in five decimal digits, then that many bytes. What it says comes back.

It asks for everything at once, and reads the answers then.
"""

import socket
import sys

MESSAGES = (b"hello", b"", "naïve €".encode(), b"00005hello")


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError("the stream ended inside an answer")
        received += chunk
    return bytes(received)


def receive_message(conn: socket.socket) -> bytes:
    digits = receive_exactly(conn, 5)
    if not digits.isdigit():
        raise ValueError("not a length")
    return receive_exactly(conn, int(digits))


def ask(conn: socket.socket) -> None:
    """Send all messages, and wait for them to come back."""
    conn.sendall(b"".join(b"%05d%b" % (len(message), message) for message in MESSAGES))
    for _ in MESSAGES:
        print(receive_message(conn).decode("utf-8"))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
