"""Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back."""

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
    """Send each message, and wait for it to come back before the next."""
    buffer = bytearray()
    for message in MESSAGES:
        conn.sendall(message + b"\r\n")
        print(receive_message(conn, buffer).decode("utf-8"))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
