"""Client for delimited-lf: a message is the bytes up to LF. What it says comes back.

Broken on purpose: the LF is not looked for. Once nothing more has come for a while, all of the answer is thought to be
there.
"""

import socket
import sys

MESSAGE = "naïve €"
SILENCE_SECONDS = 0.3


def receive_message(conn: socket.socket) -> str:
    """Wait for an answer, and return what comes until nothing comes any more."""
    received = bytearray(conn.recv(4096))
    conn.settimeout(SILENCE_SECONDS)
    try:
        while chunk := conn.recv(4096):
            received += chunk
    except TimeoutError:
        pass  # BUG: the other side, or the network, may take longer than that over the rest
    return received.decode("utf-8", errors="replace")


def ask(conn: socket.socket) -> None:
    conn.sendall(MESSAGE.encode() + b"\n")
    print(receive_message(conn), end="")


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except ConnectionError as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
