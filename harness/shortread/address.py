"""Addresses as people write them: `HOST:PORT`, an IPv6 address in brackets."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from shortread.errors import UsageError

_ADDRESS = re.compile(r"(?:\[(?P<bracketed>[^\[\]\s]+)\]|(?P<plain>[^\[\]:\s]*)):(?P<port>[0-9]{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host, by name or number, and a port; `str()` and `parse_address` are inverse."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str, *, where: str) -> Address:
    """Read an address; a host that is left out is every address of this machine. Raises UsageError."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise UsageError.single(
            where=where, expected="HOST:PORT", found=repr(text), remedy="write for example 127.0.0.1:5000 or [::1]:5000"
        )
    return Address(host=match["bracketed"] or match["plain"] or "0.0.0.0", port=int(match["port"]))


def numeric(address: Address, *, where: str) -> tuple[str, int]:
    """The number and port of a host that can be connected to. Raises UsageError for one that has no address."""
    if address.port == 0:
        raise UsageError.single(
            where=where, expected="a port from 1 to 65535", found="0", remedy="write the port that it listens on"
        )
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError.single(
            where=where,
            expected="a host that has an address",
            found=f"{address.host!r} ({error})",
            remedy="check its name",
        ) from error
    host, port = found[0][4][:2]
    return str(host), int(port)
