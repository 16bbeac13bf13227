"""Echo server for netstrings: a decimal length, a colon, that many bytes, a comma. One loop serves all clients.

Nothing in the loop may wait for one of them, so each has what came and is no message yet, and replies that it has not
taken yet.
"""

import contextlib
import re
import selectors
import socket
import sys

MAX_LENGTH = 65536
LENGTH = re.compile(rb"(0|[1-9][0-9]{0,8})(:|\Z)")  # all of a length, or as much as there is


def take_message(buffer: bytearray) -> bytes | None:
    """Remove the first message from the buffer; None if it is not complete, ValueError if it is malformed."""
    if not buffer:
        return None
    length = LENGTH.match(buffer)
    if length is None or int(length[1]) > MAX_LENGTH:
        raise ValueError("not a netstring")
    start, end = length.end(), length.end() + int(length[1])
    if not length[2] or len(buffer) <= end:
        return None
    if buffer[end] != ord(","):
        raise ValueError("no comma after the message")
    message = bytes(buffer[start:end])
    del buffer[: end + 1]
    return message


class Client:
    """One connection, and how far it has come."""

    def __init__(self, conn: socket.socket) -> None:
        self.conn = conn
        self.received = bytearray()
        self.unsent = bytearray()
        self.is_ending = False

    @property
    def waits_for(self) -> int:
        """What it has to be able to do; a client that does not take its replies is not read from."""
        return selectors.EVENT_WRITE if self.unsent else selectors.EVENT_READ

    @property
    def is_over(self) -> bool:
        return self.is_ending and not self.unsent

    def receive(self) -> None:
        """Take one read, and reply to each message that is complete now."""
        chunk = self.conn.recv(65536)
        self.is_ending = not chunk
        self.received += chunk
        while (message := take_message(self.received)) is not None:
            self.unsent += b"%d:%b," % (len(message), message)

    def send(self) -> None:
        """Send what can be sent now."""
        del self.unsent[: self.conn.send(self.unsent)]

    def go_on(self) -> None:
        """Do what it is ready for; what is malformed or broken is its end."""
        try:
            if self.unsent:
                self.send()
            else:
                self.receive()
        except BlockingIOError:
            pass  # it was not ready after all
        except ValueError:
            self.is_ending = True  # when the replies to what came before have gone out
        except ConnectionError:
            self.is_ending = True
            self.unsent.clear()


def accept(listener: socket.socket, selector: selectors.BaseSelector) -> None:
    with contextlib.suppress(BlockingIOError, ConnectionError):
        conn, _ = listener.accept()
        conn.settimeout(0)
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(conn, selectors.EVENT_READ, Client(conn))


def serve(client: Client, selector: selectors.BaseSelector) -> None:
    client.go_on()
    if client.is_over:
        selector.unregister(client.conn)
        client.conn.close()
    else:
        selector.modify(client.conn, client.waits_for, client)


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener, selectors.DefaultSelector() as selector:
        listener.settimeout(0)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    accept(listener, selector)
                else:
                    serve(key.data, selector)


if __name__ == "__main__":
    main()
