"""Echo server for digits-5: a length in five decimal digits, then that many bytes, as in `00005hello`.

One client after the other, by design: the next one waits until the connection is over.
"""

import contextlib
import socket
import sys


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def receive_message(conn: socket.socket) -> bytes:
    digits = receive_exactly(conn, 5)
    if not digits.isdigit():  # int() alone takes a sign, spaces and underscores too
        raise ValueError("not a length")
    return receive_exactly(conn, int(digits))


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with conn, contextlib.suppress(EOFError, ConnectionError, ValueError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            message = receive_message(conn)
            conn.sendall(b"%05d%b" % (len(message), message))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            serve(conn)


if __name__ == "__main__":
    main()
