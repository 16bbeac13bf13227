"""How a drawing writes octets: in hexadecimal or as characters, and what stands where they are not shown."""

from __future__ import annotations

from collections.abc import Mapping

from shortread.report.delivery import Delivery

_SIGNS: Mapping[int, str] = {ord(" "): "␣", ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"}


def is_text(octets: bytes) -> bool:
    """Whether each of them has a character that says which it is."""
    return all(octet in _SIGNS or 0x20 < octet < 0x7F for octet in octets)


def as_character(octet: int) -> str:
    """Its character, blanks with a sign of their own; `·` for one that has none."""
    return _SIGNS.get(octet) or (chr(octet) if 0x20 < octet < 0x7F else "·")


def in_hexadecimal(delivery: Delivery, start: int, end: int) -> str:
    """One octet as two digits, or two shades where it was never sent; of several, how many, and cuts among them."""
    if end - start > 1:
        cuts = sum(start < cut < end for cut in delivery.cuts)
        return f"… {end - start:,} octets{f', {cuts:,} cuts' if cuts else ''} …"
    return f"{delivery.sent[start]:02x}" if start < len(delivery.sent) else "░░"
