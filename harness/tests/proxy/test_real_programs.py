"""A client and a server that nobody here wrote, Python's own for HTTP, talk through every kind of fault."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shortread.address import Address
from shortread.codec.loading import load_codec
from shortread.proxy.fault import parse_fault
from shortread.proxy.faults.table import EFFECTS
from shortread.proxy.toxics import toxics_of_fault
from shortread.spec.library import specs_folder

from .conftest import LIMIT_SECONDS, LiveProxy

PAGE = "naïve €\r\n" * 2000

HARMLESS = (
    "cut after 3 of method of message 1 upstream",
    "cut after 1 of fields downstream",
    "pause 20ms after 5 of message 2 upstream",
    "hold 20ms after 9 of message 1 downstream",
    "latency 2ms 1ms",
    "throttle 2000000B/s",
    "slice 700 100",
    "join 5ms downstream",
    "slow-close 5ms",
)
"""What TCP may do to anybody; both programs must take it."""

HARMFUL = (
    "close after 9 of message 1 downstream",
    "reset after 9 of message 1 downstream",
    "half-close after 9 of message 1 downstream",
    "silence 50ms after 9 of message 1 downstream",
)
"""What ends the conversation: the client must notice."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, with connections that stay open, and prints nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "page").write_text(PAGE, newline="")

    def handler(*arguments: Any) -> Quiet:
        return Quiet(*arguments, directory=str(folder))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        serving.daemon_threads = True
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield "127.0.0.1", serving.server_port
        serving.shutdown()
        thread.join()


@pytest.fixture
def through(server: tuple[str, int], make_service: Callable[..., Any]) -> Callable[[str], LiveProxy]:
    """`through(fault)` is a proxy in front of the server, which knows HTTP."""
    codec = load_codec(specs_folder() / "http1.yaml")

    def start(fault: str) -> LiveProxy:
        service, loop, log_file = make_service(codec)
        toxics = toxics_of_fault(parse_fault(fault), 1)
        connect = Address(host=server[0], port=server[1])
        made = loop.run(
            service.create("http", listen=Address(host="127.0.0.1", port=0), connect=connect, toxics=toxics)
        )
        return LiveProxy((made.listener.listen.host, made.listener.listen.port), service, loop, log_file, None)

    return start


@pytest.mark.parametrize("fault", HARMLESS)
def test_both_understand_each_other_however_their_octets_travel(
    fault: str, through: Callable[[str], LiveProxy]
) -> None:
    proxy = through(fault)
    client = http.client.HTTPConnection(*proxy.address, timeout=LIMIT_SECONDS)
    for _ in range(3):
        client.request("GET", "/page")
        answer = client.getresponse()
        assert (answer.status, answer.read().decode()) == (200, PAGE)
    client.request("HEAD", "/page")
    assert client.getresponse().read() == b""
    client.close()


@pytest.mark.parametrize("fault", HARMFUL)
def test_the_client_notices_an_end_that_comes_too_early(fault: str, through: Callable[[str], LiveProxy]) -> None:
    proxy = through(fault)
    client = http.client.HTTPConnection(*proxy.address, timeout=LIMIT_SECONDS)
    client.request("GET", "/page")
    # An answer that cannot be read leaves its socket to the garbage collector.
    with client.sock, pytest.raises((http.client.HTTPException, OSError)):
        client.getresponse().read()
    assert [line["fault"] for line in proxy.log("struck")] == [str(parse_fault(fault))]
    client.close()


def test_every_kind_of_fault_is_among_them() -> None:
    assert {text.split()[0] for text in (*HARMLESS, *HARMFUL)} == set(EFFECTS)
