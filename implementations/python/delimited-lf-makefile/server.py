"""Echo server for delimited-lf: a message is the bytes up to LF, at most 1024 of them. On a buffered file object."""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 1024


def serve(conn: socket.socket) -> None:
    """Echo messages until the stream ends, the client vanishes or a message is too long."""
    with conn, contextlib.suppress(ConnectionError), conn.makefile("rwb") as stream:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (line := stream.readline(MAX_LENGTH + 1)).endswith(b"\n"):
            stream.write(line)
            stream.flush()  # the client waits for the reply, and would not fill the buffer


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
