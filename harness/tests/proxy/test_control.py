"""The control interface: as Toxiproxy's API describes it, and as one of its client libraries uses it."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(control: tuple[str, int]) -> Ask:
    """`ask(method, path, content)` gives the status and the document of the answer."""

    def ask(method: str, path: str, content: Any = None, **fields: str) -> tuple[int, Any]:
        body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        headers = {"User-Agent": "test", **{name.replace("_", "-"): value for name, value in fields.items()}}
        request = urllib.request.Request(
            f"http://{control[0]}:{control[1]}{path}", data=body, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _document(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _document(error.read())

    return ask


def _document(octets: bytes) -> Any:
    try:
        return json.loads(octets)
    except ValueError:
        return octets.decode()


@pytest.fixture
def upstream(listener: socket.socket) -> str:
    """What the proxies stand in front of."""
    return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def made(ask: Ask, upstream: str) -> Iterator[str]:
    """The path of a proxy, which is deleted afterwards."""
    status, shown = ask("POST", "/proxies", {"name": "made", "upstream": upstream, "listen": "127.0.0.1:0"})
    assert status == 201
    assert shown["enabled"] is True
    yield "/proxies/made"
    ask("DELETE", "/proxies/made")


def address(shown: dict[str, Any]) -> tuple[str, int]:
    host, _, port = shown["listen"].rpartition(":")
    return host, int(port)


def carries(shown: dict[str, Any], listener: socket.socket) -> bool:
    """Whether octets go through a proxy."""
    try:
        client = socket.create_connection(address(shown), timeout=20)
    except ConnectionRefusedError:
        return False
    with client, listener.accept()[0] as server:
        client.sendall(b"hello")
        return server.recv(100) == b"hello"


def test_a_proxy_is_made_shown_and_deleted(ask: Ask, upstream: str, listener: socket.socket) -> None:
    status, shown = ask("POST", "/proxies", {"name": "one", "upstream": upstream, "listen": "127.0.0.1:0"})
    assert (status, shown["name"], shown["upstream"], shown["toxics"]) == (201, "one", upstream, [])
    assert address(shown)[1] != 0
    assert carries(shown, listener)
    assert ask("GET", "/proxies/one") == (200, shown)
    assert ask("GET", "/proxies") == (200, {"one": shown})
    assert ask("DELETE", "/proxies/one") == (204, "")
    assert not carries(shown, listener)
    assert ask("GET", "/proxies/one") == (404, {"error": "proxy not found", "status": 404})


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_proxy_is_disabled_and_enabled(method: str, ask: Ask, made: str, listener: socket.socket) -> None:
    status, shown = ask(method, made, {"enabled": False})
    assert (status, shown["enabled"]) == (200, False)
    assert not carries(shown, listener)
    status, shown = ask(method, made, {"enabled": True})
    assert (status, shown["enabled"]) == (200, True)
    assert carries(shown, listener)


def test_disabling_ends_the_connections_there_are(ask: Ask, made: str, listener: socket.socket) -> None:
    _, shown = ask("GET", made)
    with socket.create_connection(address(shown), timeout=20) as client, listener.accept()[0] as server:
        client.sendall(b"x")
        assert server.recv(1) == b"x"
        ask("POST", made, {"enabled": False})
        with pytest.raises(ConnectionResetError):
            client.recv(1)


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("latency", {"latency": 5, "jitter": 1}),
        ("bandwidth", {"rate": 1000}),
        ("slow_close", {"delay": 5}),
        ("timeout", {"timeout": 50}),
        ("reset_peer", {"timeout": 5}),
        ("slicer", {"average_size": 1, "size_variation": 0, "delay": 10}),
        ("limit_data", {"bytes": 3}),
        ("fault", {"fault": "cut after 3"}),
    ],
)
def test_every_toxic(kind: str, attributes: dict[str, Any], ask: Ask, made: str, listener: socket.socket) -> None:
    expected = {
        "name": f"{kind}_downstream",
        "type": kind,
        "stream": "downstream",
        "toxicity": 1.0,
        "attributes": attributes,
    }
    assert ask("POST", f"{made}/toxics", {"type": kind, "attributes": attributes}) == (200, expected)
    assert ask("GET", f"{made}/toxics") == (200, [expected])
    assert ask("GET", f"{made}/toxics/{kind}_downstream") == (200, expected)
    _, shown = ask("GET", made)
    assert shown["toxics"] == [expected]
    with socket.create_connection(address(shown), timeout=20) as client, listener.accept()[0] as server:
        server.sendall(b"hello")
        server.shutdown(socket.SHUT_WR)
        assert reads(client) == {
            "timeout": [],
            "reset_peer": ["RESET"],
            "slicer": [b"h", b"e", b"l", b"l", b"o"],
            "limit_data": [b"hel"],
            "fault": [b"hel", b"lo"],
        }.get(kind, [b"hello"])
    assert ask("DELETE", f"{made}/toxics/{kind}_downstream") == (204, "")
    assert ask("GET", f"{made}/toxics") == (200, [])


def reads(connection: socket.socket) -> list[bytes | str]:
    found: list[bytes | str] = []
    try:
        while octets := connection.recv(100):
            found.append(octets)
    except ConnectionResetError:
        found.append("RESET")
    return found


def test_a_toxic_is_changed(ask: Ask, made: str) -> None:
    ask("POST", f"{made}/toxics", {"name": "slow", "type": "latency", "attributes": {"latency": 7}})
    status, changed = ask("POST", f"{made}/toxics/slow", {"toxicity": 0.5, "attributes": {"jitter": 3}})
    assert (status, changed["toxicity"], changed["attributes"]) == (200, 0.5, {"latency": 7, "jitter": 3})
    assert ask("GET", f"{made}/toxics/slow") == (200, changed)


def test_toxicity_is_a_part_of_the_connections_and_always_the_same(
    ask: Ask, upstream: str, listener: socket.socket
) -> None:
    def chosen() -> list[int]:
        _, shown = ask("POST", "/proxies", {"name": "part", "upstream": upstream})
        ask("POST", "/proxies/part/toxics", {"type": "limit_data", "toxicity": 0.5, "attributes": {"bytes": 0}})
        found = []
        for number in range(20):
            with socket.create_connection(address(shown), timeout=20) as client, listener.accept()[0] as server:
                server.sendall(b"x")
                found += [number] if client.recv(1) == b"" else []
        ask("DELETE", "/proxies/part")
        return found

    first = chosen()
    assert chosen() == first
    assert 0 < len(first) < 20


def test_reset_removes_toxics_and_opens_proxies(ask: Ask, made: str, listener: socket.socket) -> None:
    ask("POST", f"{made}/toxics", {"type": "timeout"})
    ask("POST", made, {"enabled": False})
    assert ask("POST", "/reset") == (204, "")
    _, shown = ask("GET", made)
    assert (shown["enabled"], shown["toxics"]) == (True, [])
    assert carries(shown, listener)


def test_populate_makes_what_is_missing_and_keeps_what_is_the_same(ask: Ask, made: str, upstream: str) -> None:
    ask("POST", f"{made}/toxics", {"type": "latency"})
    _, before = ask("GET", made)
    wanted = [
        {"name": "made", "listen": before["listen"], "upstream": upstream},
        {"name": "new", "listen": "127.0.0.1:0", "upstream": upstream, "enabled": False},
    ]
    status, answer = ask("POST", "/populate", wanted)
    assert status == 201
    assert answer["proxies"][0] == before
    assert (answer["proxies"][1]["name"], answer["proxies"][1]["enabled"]) == ("new", False)
    status, answer = ask("POST", "/populate", [{"name": "made", "listen": "127.0.0.1:0", "upstream": upstream}])
    assert (status, answer["proxies"][0]["toxics"]) == (201, [])
    ask("DELETE", "/proxies/new")


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "why"),
    [
        ("POST", "/proxies", b"{", 400, "bad request body"),
        ("POST", "/proxies", [], 400, "an object is needed"),
        ("POST", "/proxies", {"upstream": "a:1"}, 400, "missing required field: name"),
        ("POST", "/proxies", {"name": "x"}, 400, "missing required field: upstream"),
        ("POST", "/proxies", {"name": "x", "upstream": "nonsense"}, 400, "expected HOST:PORT"),
        ("POST", "/proxies", {"name": "x", "upstream": 5}, 400, "are strings"),
        ("POST", "/proxies", {"name": 5, "upstream": "a:1"}, 400, "are strings"),
        ("POST", "/proxies", {"name": "", "upstream": "a:1"}, 400, "missing required field: name"),
        ("POST", "/proxies", {"name": "made", "upstream": "a:1"}, 409, "proxy already exists"),
        ("POST", "/proxies", {"name": "x", "upstream": "a:1", "listen": "192.0.2.1:1"}, 500, "to listen on"),
        ("POST", "/proxies/made", {"enabled": "no"}, 400, "enabled is true or false"),
        ("POST", "/populate", {}, 400, "an array of objects is needed"),
        ("POST", "/proxies/none", {}, 404, "proxy not found"),
        ("GET", "/proxies/made/toxics/none", None, 404, "toxic not found"),
        ("POST", "/proxies/made/toxics", {"type": "none"}, 400, "invalid toxic type"),
        ("POST", "/proxies/made/toxics", {"type": "latency", "stream": "up"}, 400, "stream was invalid"),
        ("POST", "/proxies/made/toxics", {"type": "latency", "toxicity": 2}, 400, "from 0 to 1"),
        ("POST", "/proxies/made/toxics", {"type": "latency", "attributes": {"latency": -1}}, 400, "latency is not"),
        ("POST", "/proxies/made/toxics", {"type": "latency", "attributes": []}, 200, None),
        ("POST", "/proxies/made/toxics", {"type": "latency", "attributes": [1]}, 400, "attributes is not"),
        ("POST", "/proxies/made/toxics", {"type": "fault", "attributes": {"fault": "ctu"}}, 400, "did you mean"),
        ("GET", "/nothing", None, 404, "not found"),
    ],
)
def test_what_is_refused_and_why(
    *, method: str, path: str, content: Any, status: int, why: str | None, ask: Ask, made: str
) -> None:
    del made
    found, answer = ask(method, path, content)
    assert found == status
    if why is not None:
        assert answer["status"] == status
        assert why in answer["error"]


def test_a_toxic_of_that_name_is_there_already(ask: Ask, made: str) -> None:
    assert ask("POST", f"{made}/toxics", {"type": "latency"})[0] == 200
    assert ask("POST", f"{made}/toxics", {"type": "latency"}) == (
        409,
        {"error": "toxic already exists", "status": 409},
    )


def test_other_methods_are_refused(ask: Ask) -> None:
    assert ask("DELETE", "/proxies")[0] == 405


def test_nothing_is_populated_where_one_of_them_is_wrong(ask: Ask, upstream: str) -> None:
    wanted = [{"name": "new", "upstream": upstream}, {"name": "wrong", "upstream": "nonsense"}]
    assert ask("POST", "/populate", wanted)[0] == 400
    assert ask("GET", "/proxies/new")[0] == 404


def test_browsers_are_refused(ask: Ask) -> None:
    assert ask("GET", "/version", User_Agent="Mozilla/5.0")[0] == 403


def test_metrics(ask: Ask, made: str, listener: socket.socket) -> None:
    _, shown = ask("GET", made)
    assert carries(shown, listener)
    status, text = ask("GET", "/metrics")
    assert status == 200
    assert '\nshortread_proxy_connections_total{proxy="made"} ' in text
    assert '\nshortread_proxy_octets_total{proxy="made",direction="upstream"} ' in text
    for line in text.splitlines():
        assert line.startswith(("# HELP shortread_proxy_", "# TYPE shortread_proxy_", "shortread_proxy_"))


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET /version\r\n\r\n", 400),
        (b"get /version HTTP/1.1\r\n\r\n", 400),
        (b"GET /version HTTP/2.0\r\n\r\n", 400),
        (b"GET /version HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400),
        (b"GET /version HTTP/1.1\r\nContent-Length : 0\r\n\r\n", 400),
        (b"GET /version HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 0\r\n\r\n", 400),
        (b"GET /version HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET /version HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"POST /reset HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"GET /version HTTP/1.1\r\nA: " + b"x" * 20_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_no_request(request_text: bytes, status: int, control: tuple[str, int]) -> None:
    with socket.create_connection(control, timeout=20) as connection:
        connection.sendall(request_text)
        answer = connection.makefile("rb").readline()
    assert answer.startswith(b"HTTP/1.1 %d " % status)


def test_several_requests_on_one_connection(control: tuple[str, int]) -> None:
    with socket.create_connection(control, timeout=20) as connection:
        connection.sendall(
            b"GET /version HTTP/1.1\r\n\r\n"
            b"HEAD /nothing HTTP/1.1\r\n\r\n"
            b"GET /version HTTP/1.1\r\nConnection: close\r\n\r\n"
        )
        answers = connection.makefile("rb").read()
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert answers.count(b"HTTP/1.1 404 Not Found\r\n") == 1
    assert answers.count(b'"version"') == 2


@pytest.fixture
def toxiproxy(control: tuple[str, int]) -> SimpleNamespace:
    """The client library from PyPI, pointed at our control interface."""
    pytest.importorskip("toxiproxy", reason="toxiproxy-python is not installed")
    from toxiproxy.server import Toxiproxy  # noqa: PLC0415 - it need not be there

    server = Toxiproxy()
    server.update_api_consumer(*control)
    return server


def test_a_client_library(toxiproxy: Any, upstream: str, listener: socket.socket) -> None:
    assert toxiproxy.running()
    assert json.loads(toxiproxy.version())["version"].startswith("2.")
    proxy = toxiproxy.create(upstream=upstream, name="library")
    shown = {"listen": proxy.listen}
    assert carries(shown, listener)

    with proxy.down():
        assert not carries(shown, listener)
    assert carries(shown, listener)

    proxy.add_toxic(type="limit_data", name="short", attributes={"bytes": 2})
    assert (proxy.get_toxic("short").stream, proxy.get_toxic("short").attributes) == ("downstream", {"bytes": 2})
    with socket.create_connection(address(shown), timeout=20) as client, listener.accept()[0] as server:
        server.sendall(b"hello")
        assert reads(client) == [b"he"]
    assert proxy.destroy_toxic("short")
    assert proxy.toxics() == {}

    populated = toxiproxy.populate([{"name": "another", "upstream": upstream, "listen": "127.0.0.1:0"}])
    assert [one.name for one in populated] == ["another"]
    assert set(toxiproxy.proxies()) == {"library", "another"}
    assert toxiproxy.reset()
    toxiproxy.destroy_all()
    assert toxiproxy.proxies() == {}


def test_a_client_library_hears_of_conflicts(toxiproxy: Any, upstream: str) -> None:
    from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists  # noqa: PLC0415 - it need not be there

    proxy = toxiproxy.create(upstream=upstream, name="twice")
    with pytest.raises(ProxyExists):
        toxiproxy.create(upstream=upstream, name="twice")
    with pytest.raises(InvalidToxic):
        proxy.add_toxic(type="none")
    with pytest.raises(NotFound):
        proxy.destroy_toxic("none")
    assert proxy.destroy()
