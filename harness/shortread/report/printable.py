"""Text that strangers wrote, made safe and short for a terminal or a file."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ELLIPSIS_CELLS = 24


def visible(text: str) -> str:
    """The text with everything that could steer a terminal written as an escape, ESC as `\\x1b`.

    Covers control and format characters (so also what reverses the direction of writing), line separators,
    surrogates and unassigned characters. Not reversible: a backslash stays as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def narrow(text: str) -> str:
    """The visible text with one column for each character; what needs more or none becomes `?`."""
    return "".join(character if cell_len(character) == 1 else "?" for character in visible(text))


def elide(text: str, cells: int) -> str:
    """The visible text in at most `cells` columns: a long one loses its middle, and says how much."""
    if len(text) <= cells:
        whole = visible(text)
        if cell_len(whole) <= cells:
            return whole
    if cells < _ELLIPSIS_CELLS:
        return _head(text, (cells - 1) * 2 // 3) + "…" + _tail(text, cells - 1 - (cells - 1) * 2 // 3)
    return _elide_counted(text, cells)


def _elide_counted(text: str, cells: int) -> str:
    room = cells - len(f" … {len(text):,} more … ")
    head, tail = visible_prefix(text, room * 2 // 3), visible_suffix(text, room - room * 2 // 3)
    hidden = len(text) - len(head) - len(tail)
    return f"{visible(head)} … {hidden:,} more … {visible(tail)}"


def visible_prefix(text: str, cells: int) -> str:
    """The longest start of the raw text whose visible form fits into `cells` columns."""
    used = 0
    for count, character in enumerate(text[:cells]):
        used += cell_len(visible(character))
        if used > cells:
            return text[:count]
    return text[:cells]


def visible_suffix(text: str, cells: int) -> str:
    """The longest end of the raw text whose visible form fits into `cells` columns."""
    return visible_prefix(text[::-1][:cells], cells)[::-1]


def _head(text: str, cells: int) -> str:
    return visible(visible_prefix(text, cells))


def _tail(text: str, cells: int) -> str:
    return visible(visible_suffix(text, cells))


def _visible_character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
