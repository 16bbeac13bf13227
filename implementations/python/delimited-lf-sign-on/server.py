"""Echo server for lines that end in LF, at most 1024 bytes long. It speaks first: `ready`, whatever the client does."""

import socket
import sys
import threading
from collections.abc import Iterator

MAX_LENGTH = 1024
SIGN_ON = b"ready\n"


def lines(conn: socket.socket) -> Iterator[bytes]:
    """Yield each line with its LF; one that the stream cuts short is dropped, one that is too long ends them all."""
    buffer = b""
    while received := conn.recv(4096):
        # The client may have spoken before it heard us, so the first read may already hold several lines.
        *complete, buffer = (buffer + received).split(b"\n")
        for line in complete:
            if len(line) > MAX_LENGTH:
                return
            yield line + b"\n"
        if len(buffer) > MAX_LENGTH:
            return


def serve(conn: socket.socket) -> None:
    """Sign on, then echo lines until the stream ends, the client vanishes or a line is too long."""
    with conn:
        try:
            conn.sendall(SIGN_ON)
            for line in lines(conn):
                conn.sendall(line)
        except ConnectionError:
            pass


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
