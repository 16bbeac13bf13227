"""Client for delimited-lf: a message is the bytes up to LF. What it says comes back."""

import socket
import sys

MESSAGES = ("hello", "", "naïve €")


def ask(conn: socket.socket) -> None:
    """Send each message, and wait for it to come back before the next."""
    with conn.makefile("rw", encoding="utf-8", newline="\n") as stream:
        for message in MESSAGES:
            print(message, file=stream, flush=True)  # unflushed, it would wait for an answer to what it has not sent
            answer = stream.readline()
            if not answer.endswith("\n"):
                raise EOFError("the stream ended inside an answer")
            print(answer, end="")


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
