"""Client for raw-echo: it starts, sends one byte string, listens, gets it back and closes.

Broken on purpose: what the first read gives is taken for the answer.
"""

import socket
import sys

MESSAGE = "Beautiful is better than ugly: naïve €".encode()


def ask(conn: socket.socket) -> None:
    conn.sendall(MESSAGE)
    answer = conn.recv(4096)  # BUG: it may be a part of the answer
    print(answer.decode("utf-8", errors="replace"))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except ConnectionError as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
