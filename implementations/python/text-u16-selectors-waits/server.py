"""Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text. One loop for all clients.

Broken on purpose: once the first byte of a message has come, the loop waits for the rest of it, and every other client
waits too.
"""

import contextlib
import selectors
import socket
import struct
import sys


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take; EOFError if the stream ends before."""
    received = bytearray()
    while len(received) < size:
        chunk = conn.recv(size - len(received))  # BUG: the selector has promised one read without waiting, not all
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def receive_message(conn: socket.socket) -> str:
    (length,) = struct.unpack("!H", receive_exactly(conn, 2))
    return receive_exactly(conn, length).decode("utf-8")


def send_message(conn: socket.socket, message: str) -> None:
    body = message.encode("utf-8")
    conn.sendall(struct.pack("!H", len(body)) + body)


def accept(listener: socket.socket, selector: selectors.BaseSelector) -> None:
    conn, _ = listener.accept()
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(conn, selectors.EVENT_READ, serve)


def serve(conn: socket.socket, selector: selectors.BaseSelector) -> None:
    """Echo one message; close if the stream has ended, the client has vanished or what it sends is not UTF-8."""
    with contextlib.suppress(EOFError, ConnectionError, UnicodeDecodeError):
        send_message(conn, receive_message(conn))
        return
    selector.unregister(conn)
    conn.close()


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener, selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ, accept)
        while True:
            for key, _ in selector.select():
                key.data(key.fileobj, selector)


if __name__ == "__main__":
    main()
