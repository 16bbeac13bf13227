"""Implementations that run already: where they are, and that nothing else of them is seen."""

from __future__ import annotations

import socket

import pytest

from shortread.errors import UsageError
from shortread.implementations.elsewhere import RunningElsewhere, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:6379", ("127.0.0.1", 6379)),
        ("[::1]:80", ("::1", 80)),
        ("::1:80", ("::1", 80)),
        ("127.0.0.1:65535", ("127.0.0.1", 65535)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


def test_a_name_becomes_a_numeric_address() -> None:
    host, port = parse_address("localhost:7")
    assert port == 7
    assert host in {"127.0.0.1", "::1"}


@pytest.mark.parametrize("text", ["", ":", "6379", "host", "host:", ":80", "host:0", "host:65536", "host:8o", "h:٨"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text)
    assert str(refused.value) == (
        f"--connect: expected HOST:PORT, with a port from 1 to 65535, found {text!r}; "
        "write for example: --connect 127.0.0.1:6379"
    )


def test_a_host_that_has_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    with pytest.raises(UsageError, match=r"^--connect: expected a host that has an address, found 'no\.such\.host' \("):
        parse_address("no.such.host:80")


def test_nothing_of_it_is_seen_and_it_goes_on_running() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        elsewhere = RunningElsewhere(listener.getsockname())
        watch = elsewhere.watch
        assert (watch.read(), watch.usage(), watch.death(), elsewhere.processes) == (None, None, None, ())
        elsewhere.end()
        socket.create_connection(elsewhere.address).close()
