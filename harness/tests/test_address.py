"""Addresses: what is one, what it is written as, and which number it has."""

from __future__ import annotations

import socket

import pytest

from shortread.address import Address, numeric, parse_address
from shortread.errors import UsageError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:6379", "127.0.0.1", 6379),
        ("[::1]:80", "::1", 80),
        ("example:65535", "example", 65535),
        (":7", "0.0.0.0", 7),
        ("127.0.0.1:0", "127.0.0.1", 0),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, host: str, port: int) -> None:
    address = parse_address(text, where="--connect")
    assert address == Address(host=host, port=port)
    assert parse_address(str(address), where="--connect") == address


@pytest.mark.parametrize("text", ["", ":", "6379", "host", "host:", "::1:80", "host:65536", "host:8o", "h:٨"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text, where="--connect")
    assert str(refused.value) == (
        f"--connect: expected HOST:PORT, found {text!r}; write for example 127.0.0.1:5000 or [::1]:5000"
    )


def test_a_name_becomes_a_number() -> None:
    host, port = numeric(Address(host="localhost", port=7), where="--connect")
    assert port == 7
    assert host in {"127.0.0.1", "::1"}


def test_nobody_listens_on_port_0() -> None:
    with pytest.raises(UsageError, match=r"^--connect: expected a port from 1 to 65535, found 0; "):
        numeric(Address(host="localhost", port=0), where="--connect")


def test_a_host_that_has_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    with pytest.raises(UsageError, match=r"^--connect: expected a host that has an address, found 'no\.such\.host' \("):
        numeric(Address(host="no.such.host", port=80), where="--connect")
