"""Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back.

Broken on purpose: it asks for everything at once, and each answer is read into a buffer of its own. What was read
behind an answer is the start of the next, and is forgotten.
"""

import socket
import sys

MESSAGES = (b"hello", b"", "naïve €".encode())


def receive_message(conn: socket.socket, buffer: bytearray) -> bytes:
    """Return the next message; what was read behind it stays in the buffer."""
    while (end := buffer.find(b"\r\n")) < 0:
        chunk = conn.recv(4096)
        if not chunk:
            raise EOFError("the stream ended inside an answer")
        buffer += chunk
    message = bytes(buffer[:end])
    del buffer[: end + 2]
    return message


def ask(conn: socket.socket) -> None:
    """Send all messages, and wait for them to come back."""
    conn.sendall(b"".join(message + b"\r\n" for message in MESSAGES))
    for _ in MESSAGES:
        print(receive_message(conn, bytearray()).decode("utf-8"))  # BUG: a new buffer for each answer


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
