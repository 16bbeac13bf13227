"""Echo server for one-message-per-connection: the end of the stream ends the message, in both directions.

Broken on purpose: what one read gives is taken for the whole message.
"""

import contextlib
import socket
import sys
import threading

MAX_LENGTH = 65536


def receive_message(conn: socket.socket) -> bytes:
    """Return everything up to the end of the stream; ValueError if that is too much."""
    message = conn.recv(MAX_LENGTH + 1)  # BUG: the message ends where the stream does, not where a read does
    if len(message) > MAX_LENGTH:
        raise ValueError("the message is too long")
    return message


def serve(conn: socket.socket) -> None:
    """Echo the message, unless the client vanishes or sends too much."""
    with conn, contextlib.suppress(ConnectionError, ValueError):
        conn.sendall(receive_message(conn))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
