"""Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.

Broken on purpose: the end of the stream, where every read is empty, is not looked for, and the loop turns for ever. A
process serves each client.
"""

import contextlib
import os
import signal
import socket
import struct
import sys


def receive_exactly(conn: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes, however many reads they take."""
    received = bytearray()
    while len(received) < size:
        received += conn.recv(size - len(received))  # BUG: at the end of the stream it gives nothing, again and again
    return bytes(received)


def receive_message(conn: socket.socket) -> str:
    (length,) = struct.unpack("!H", receive_exactly(conn, 2))
    return receive_exactly(conn, length).decode("utf-8")


def send_message(conn: socket.socket, message: str) -> None:
    body = message.encode("utf-8")
    conn.sendall(struct.pack("!H", len(body)) + body)


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is not UTF-8."""
    with conn, contextlib.suppress(ConnectionError, UnicodeDecodeError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            send_message(conn, receive_message(conn))


def main() -> None:
    port = int(sys.argv[1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            with conn:
                if os.fork() == 0:
                    listener.close()
                    serve(conn)
                    os._exit(0)


if __name__ == "__main__":
    main()
