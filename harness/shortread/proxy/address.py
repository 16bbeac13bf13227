"""Addresses as people write them: `HOST:PORT`, an IPv6 address in brackets."""

from __future__ import annotations

import re
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
