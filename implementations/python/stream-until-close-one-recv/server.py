"""Receiver for stream-until-close: everything up to the end of the stream is one message.

It is one line of JSON on standard output, `{"message": "hello"}`, or `{"hex": "00ff"}` where it is not UTF-8,
and `{"end": true}` follows. A stream that breaks or is too long is no message, but `{"error": "…"}`.

Broken on purpose: what the first read gives is taken for the whole message, and the rest of the stream is only counted.
"""

import json
import socket
import sys
import threading

MAX_LENGTH = 65536

output = threading.Lock()


def write_down(*lines: dict[str, object]) -> None:
    with output:  # lines of two connections must not mix
        for line in lines:
            print(json.dumps(line))
        sys.stdout.flush()


def readable(message: bytes) -> dict[str, object]:
    try:
        return {"message": message.decode("utf-8")}
    except UnicodeDecodeError:
        return {"hex": message.hex()}


def receive_message(conn: socket.socket) -> bytes:
    """Return everything up to the end of the stream.

    Raises ConnectionError if the client resets the connection, because then nobody knows what is missing, and
    ValueError if the message is too long.
    """
    message = conn.recv(65536)
    size = len(message)
    while chunk := conn.recv(65536):
        size += len(chunk)  # BUG: it belongs to the message
        if size > MAX_LENGTH:
            raise ValueError(f"the message is longer than {MAX_LENGTH} bytes")
    return message


def serve(conn: socket.socket) -> None:
    """Write down the one message of a connection."""
    with conn:
        try:
            message = receive_message(conn)
        except (ConnectionError, ValueError) as error:
            write_down({"error": str(error)})
        else:
            write_down(readable(message), {"end": True})


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
