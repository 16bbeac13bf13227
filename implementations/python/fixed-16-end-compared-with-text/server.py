"""Echo server for fixed-16: every message is exactly 16 bytes long. A process serves each client.

Broken on purpose: the end of the stream is looked for as an empty string, but a read gives bytes. The loop then turns
at full speed for ever.
"""

import contextlib
import os
import signal
import socket
import sys

SIZE = 16


def receive_message(conn: socket.socket) -> bytes:
    """Return the next message, however many reads it takes; EOFError if the stream ends before."""
    message = b""
    while len(message) < SIZE:
        chunk = conn.recv(SIZE - len(message))
        if chunk == "":  # BUG: b"" is not ""
            raise EOFError
        message += chunk
    return message


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends or the client vanishes."""
    with conn, contextlib.suppress(EOFError, ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            conn.sendall(receive_message(conn))


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
