"""Client for raw-echo: it starts, sends one byte string, listens, gets it back and closes.

Nothing tells where an answer ends: it is complete when as many bytes have come back as were sent.
"""

import socket
import sys

MESSAGE = "Beautiful is better than ugly: naïve €".encode()


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
    conn.sendall(MESSAGE)
    print(receive_exactly(conn, len(MESSAGE)).decode("utf-8"))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
