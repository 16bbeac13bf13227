"""Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.

Broken on purpose: there is no framing at all. Whatever a read returns goes back at once, complete or not.
"""

import contextlib
import socket
import sys
import threading


def serve(conn: socket.socket) -> None:
    """Echo until the stream ends or the client vanishes."""
    with conn, contextlib.suppress(ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while chunk := conn.recv(4096):
            conn.sendall(chunk)  # BUG: what a read returns is not a message


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
