"""Checksums over raw wire octets, by name."""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Callable, Mapping
from functools import reduce
from operator import xor


def _crc16(octets: bytes, *, polynomial: int, start: int, is_reflected: bool, final: int) -> int:
    crc = start
    for octet in octets:
        crc ^= octet if is_reflected else octet << 8
        for _ in range(8):
            if is_reflected:
                crc = crc >> 1 ^ polynomial if crc & 1 else crc >> 1
            else:
                crc = (crc << 1 ^ polynomial if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc ^ final


def _crc16_x25(octets: bytes) -> int:
    return _crc16(octets, polynomial=0x8408, start=0xFFFF, is_reflected=True, final=0xFFFF)


def _crc16_modbus(octets: bytes) -> int:
    return _crc16(octets, polynomial=0xA001, start=0xFFFF, is_reflected=True, final=0)


def _crc16_xmodem(octets: bytes) -> int:
    return binascii.crc_hqx(octets, 0)


def _crc16_ccitt(octets: bytes) -> int:
    return binascii.crc_hqx(octets, 0xFFFF)


def _xor8(octets: bytes) -> int:
    return reduce(xor, octets, 0)


def _sum8(octets: bytes) -> int:
    return sum(octets) & 0xFF


CHECKSUMS: Mapping[str, Callable[[bytes], int]] = {
    "sum8": _sum8,
    "xor8": _xor8,
    "crc16-x25": _crc16_x25,
    "crc16-modbus": _crc16_modbus,
    "crc16-xmodem": _crc16_xmodem,
    "crc16-ccitt": _crc16_ccitt,
    "crc32": zlib.crc32,
}
"""Each checksum of the spec language."""
