"""A server around a function that reads messages: each connection is given to the function, in a thread of its own.

Run as `python.py PORT CONFIGURATION` in the folder of the function; CONFIGURATION is JSON with the keys of `function:`
in implementation.yaml. Needs nothing but the standard library, and imports nothing of shortread.

What the function returns is sent back with `send`, where there is one; otherwise it is written down on standard
output, one JSON line for each message. What the function itself prints goes to standard error.
"""

import importlib
import itertools
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

Send = Callable[[socket.socket, Any], None]


def find(path: str) -> Any:
    """What `module:name`, `file.py:name` or `module:Class.method` stands for."""
    module, _, name = path.partition(":")
    found: Any = importlib.import_module(module.removesuffix(".py").replace("/", "."))
    for part in name.split("."):
        found = getattr(found, part)
    return found


def messages(connection: socket.socket, configuration: dict[str, Any]) -> Iterator[Any]:
    """What the function makes of a connection."""
    receive, end = find(configuration["receive"]), configuration["end"]
    return STYLES[configuration["style"]](connection, receive, end)


def _is_end(message: Any, end: str) -> bool:
    return (end == "none" and message is None) or (end == "empty" and not message)


def one_message(connection: socket.socket, receive: Any, end: str) -> Iterator[Any]:
    """`receive(connection)` returns the next message."""
    while not _is_end(message := receive(connection), end):
        yield message


def all_messages(connection: socket.socket, receive: Any, end: str) -> Iterator[Any]:
    """`receive(connection)` returns or yields all messages."""
    del end
    yield from receive(connection) or ()


def with_rest(connection: socket.socket, receive: Any, end: str) -> Iterator[Any]:
    """`receive(connection, rest)` returns the next message and what was read behind it."""
    rest = b""
    while True:
        returned = receive(connection, rest)
        if _is_end(returned, end):
            return
        message, rest = returned
        if _is_end(message, end):
            return
        yield message


def feed(connection: socket.socket, receive: Any, end: str) -> Iterator[Any]:
    """`receive()` makes an object whose `feed(octets)` returns the messages that are complete."""
    del end
    decoder = receive()
    while octets := connection.recv(65536):
        yield from decoder.feed(octets) or ()


def wrapped(connection: socket.socket, receive: Any, end: str) -> Iterator[Any]:
    """`receive` is a class around a socket, whose `receive()` returns the next message."""
    reader = receive(connection)
    while not _is_end(message := reader.receive(), end):
        yield message


STYLES: dict[str, Callable[[socket.socket, Any, str], Iterator[Any]]] = {
    "one-message": one_message,
    "all-messages": all_messages,
    "with-rest": with_rest,
    "feed": feed,
    "object": wrapped,
}


def sender(configuration: dict[str, Any]) -> Send | None:
    """What sends a message back, with its arguments in the order that the function wants."""
    if configuration.get("send") is None:
        return None
    call, order = find(configuration["send"]["call"]), configuration["send"]["arguments"]

    def send(connection: socket.socket, message: Any) -> None:
        given = {"message": message, "socket": connection}
        call(*(given[name] for name in order))

    return send


class ShortSocket(socket.socket):
    """A socket whose `send`, `recv` and `recv_into` do less than they are asked for, as those of every socket may.

    So does a file of `makefile`. `sendall` still sends all; a call with MSG_PEEK or MSG_WAITALL is left alone.
    """

    SIZES_BYTES = (1, 2, 3, 5, 17, 256, 4096)
    """The most that the first call does, the second, and so on, in turn."""

    def __init__(self, connection: socket.socket) -> None:
        """Take the connection over."""
        super().__init__(fileno=connection.detach())
        self._of_send = itertools.cycle(self.SIZES_BYTES)
        self._of_recv = itertools.cycle(self.SIZES_BYTES)

    def send(self, data: Any, flags: int = 0, /) -> int:
        """Send the first few octets, and say how many."""
        return super().send(memoryview(data).cast("B")[: next(self._of_send)], flags)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive a few octets."""
        return super().recv(self._received_bytes(bufsize, flags), flags)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Receive a few octets into a buffer, and say how many."""
        return super().recv_into(buffer, self._received_bytes(nbytes or memoryview(buffer).nbytes, flags), flags)

    def _received_bytes(self, asked_bytes: int, flags: int) -> int:
        is_exempt = flags & (socket.MSG_PEEK | socket.MSG_WAITALL)
        return asked_bytes if is_exempt else min(asked_bytes, next(self._of_recv))


class Transcript:
    """Writes what was understood, a line for each message, from all threads."""

    def __init__(self) -> None:
        # Whatever the function prints must not be taken for what it understood.
        self._descriptor = os.dup(1)
        os.dup2(2, 1)
        self._lock = threading.Lock()

    def write(self, entry: dict[str, Any]) -> None:
        """Write one line at once."""
        line = json.dumps(entry, default=repr).encode() + b"\n"
        with self._lock:
            os.write(self._descriptor, line)


def as_entry(message: Any) -> dict[str, Any]:
    """A message as JSON can say it."""
    if isinstance(message, bytes | bytearray | memoryview):
        return {"hex": bytes(message).hex()}
    if isinstance(message, dict):
        return {"message": {name: _as_text(value) for name, value in message.items()}}
    return {"message": message}


def _as_text(value: Any) -> Any:
    return bytes(value).decode(errors="surrogateescape") if isinstance(value, bytes | bytearray) else value


def serve(connection: socket.socket, configuration: dict[str, Any], transcript: Transcript, send: Send | None) -> None:
    """Read one connection to its end."""
    with connection:
        try:
            for message in messages(connection, configuration):
                if send is None:
                    transcript.write(as_entry(message))
                else:
                    send(connection, message)
        except EOFError:
            # What a function raises at the end, where it has to raise something.
            transcript.write({"end": True})
        except Exception as error:
            # Whatever the function raises ends this connection, and no other.
            transcript.write({"error": f"{type(error).__name__}: {error}"})
        else:
            transcript.write({"end": True})


def main() -> None:
    """Listen, and give each connection to the function."""
    port, configuration = int(sys.argv[1]), json.loads(sys.argv[2])
    transcript = Transcript()
    sys.path[0] = os.getcwd()  # noqa: PTH109 - the folder of the function, not that of this file
    find(configuration["receive"])
    send = sender(configuration)
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            connection, _ = listener.accept()
            if configuration["sockets"] == "short":
                connection = ShortSocket(connection)
            arguments = (connection, configuration, transcript, send)
            threading.Thread(target=serve, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main()
