"""HTTP/1.1 server with h11: each answer says what was asked, and has the body of its request."""

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator

import h11


def events(conn: socket.socket, http: h11.Connection) -> Iterator[h11.Event]:
    """Yield what h11 makes of the stream, up to the end of the connection."""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(conn.recv(65536))
        elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
            return
        else:
            yield event


def answer(http: h11.Connection, status: int, request: bytes, body: bytes) -> bytes:
    """Give the octets of an answer; none of the body where the request was a HEAD."""
    headers = [("Content-Length", str(len(body))), ("X-Request", request)]
    octets = http.send(h11.Response(status_code=status, headers=headers))
    if body and not request.startswith(b"HEAD "):
        octets += http.send(h11.Data(data=body))
    return octets + http.send(h11.EndOfMessage())


def serve(conn: socket.socket) -> None:
    """Answer requests until the stream ends, the client vanishes or what it sends is malformed."""
    http = h11.Connection(h11.SERVER)
    with conn, contextlib.suppress(ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for event in events(conn, http):
                match event:
                    case h11.Request():
                        request, body = event.method + b" " + event.target, bytearray()
                    case h11.Data():
                        body += event.data
                    case h11.EndOfMessage():
                        conn.sendall(answer(http, 200, request, bytes(body)))
                        if http.our_state is not h11.DONE:
                            return
                        http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            if http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                conn.sendall(answer(http, error.error_status_hint, b"malformed", b""))


def main() -> None:
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port)) as listener:  # with SO_REUSEADDR
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
