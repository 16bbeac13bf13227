"""Client for lines that end in LF, of a server that speaks first. It speaks at once, so that the two may cross."""

import socket
import sys

SIGN_ON = "ready"
MESSAGES = ("hello", "", "naïve €")


def ask(conn: socket.socket) -> None:
    """Send the first message, hear the sign-on, and then one answer for each message, before the next."""
    with conn.makefile("rw", encoding="utf-8", newline="\n") as stream:

        def said() -> str:
            line = stream.readline()
            if not line.endswith("\n"):
                raise EOFError("the stream ended inside a line")
            return line.removesuffix("\n")

        first, *others = MESSAGES
        print(first, file=stream, flush=True)
        if said() != SIGN_ON:
            raise ValueError("the server did not sign on")
        print(said())
        for message in others:
            print(message, file=stream, flush=True)
            print(said())


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        with socket.create_connection((host, port)) as conn:
            ask(conn)
    except (EOFError, ConnectionError, ValueError) as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
