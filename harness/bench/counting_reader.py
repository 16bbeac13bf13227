"""A reader that counts its reads: when the stream ends, it sends back how many there were and the largest."""

import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            sizes = []
            while octets := connection.recv(65536):
                sizes.append(len(octets))
            connection.sendall(f"{len(sizes)} {max(sizes, default=0)}".encode())
