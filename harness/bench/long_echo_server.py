"""Echoes messages of up to a mebibyte, each behind a length of four octets."""

import socket
import struct
import sys
import threading


def exactly(connection: socket.socket, size: int) -> bytes:
    """The next octets, however many reads they take."""
    received = bytearray()
    while len(received) < size:
        octets = connection.recv(size - len(received))
        if not octets:
            raise EOFError
        received += octets
    return bytes(received)


def serve(connection: socket.socket) -> None:
    """Answer until the end."""
    with connection:
        try:
            while True:
                header = exactly(connection, 4)
                connection.sendall(header + exactly(connection, *struct.unpack("!I", header)))
        except EOFError:
            return


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        accepted, _ = listener.accept()
        threading.Thread(target=serve, args=(accepted,), daemon=True).start()
