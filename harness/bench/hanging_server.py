"""A server that reads everything, never answers, and never closes."""

import socket
import sys
import threading


def serve(connection: socket.socket) -> None:
    """Read to the end, and wait for nothing."""
    while connection.recv(65536):
        pass
    threading.Event().wait()


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        accepted, _ = listener.accept()
        threading.Thread(target=serve, args=(accepted,), daemon=True).start()
