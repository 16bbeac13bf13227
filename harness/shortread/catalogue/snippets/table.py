"""Which languages there are, and which correct loop belongs to which mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What a language is called in a heading, and behind the fence of a code block."""

    title: str
    fence: str


LANGUAGES: Mapping[str, Language] = {
    "python": Language(title="Python", fence="python"),
    "c": Language(title="C", fence="c"),
    "java": Language(title="Java", fence="java"),
    "javascript": Language(title="JavaScript", fence="javascript"),
    "go": Language(title="Go", fence="go"),
    "rust": Language(title="Rust", fence="rust"),
}

CORRECT: Mapping[str, str] = {
    "SR101": "exact",
    "SR102": "exact",
    "SR103": "lines",
    "SR104": "exact",
    "SR105": "lines",
    "SR106": "lines",
    "SR107": "lines",
    "SR108": "buffered",
    "SR109": "buffered",
    "SR110": "bounded",
    "SR111": "escapes",
    "SR201": "lines",
    "SR202": "lines",
    "SR203": "lines",
    "SR204": "lines",
    "SR205": "buffered",
    "SR206": "bounded",
    "SR207": "lines",
    "SR301": "exact",
    "SR302": "exact",
    "SR303": "serving",
    "SR304": "lines",
    "SR305": "serving",
    "SR306": "closing",
    "SR307": "lines",
    "SR401": "sending",
    "SR402": "exact",
    "SR403": "exact",
    "SR404": "exact",
    "SR405": "exact",
    "SR406": "bounded",
    "SR407": "lines",
    "SR408": "bounded",
    "SR409": "bounded",
    "SR410": "escapes",
    "SR501": "sending",
    "SR502": "sending",
    "SR503": "pipelining",
    "SR504": "sending",
    "SR505": "closing",
    "SR506": "sending",
    "SR507": "sending",
    "SR601": "lines",
    "SR602": "serving",
    "SR603": "serving",
    "SR604": "linear",
}
"""The mistakes that can be shown as a loop, and the kind of loop that does not have them."""

_COUNTED = "a length in two octets, and as many octets"

FRAMINGS: Mapping[str, str] = {
    "exact": _COUNTED,
    "buffered": _COUNTED,
    "lines": "text that ends with CR LF",
    "escapes": "a line that ends with LF, with a backslash before itself, and before an n that means LF",
    "bounded": "a length in digits, LF, as many octets, LF",
    "linear": "a line that ends with LF, of any length",
    "sending": _COUNTED,
    "pipelining": _COUNTED,
    "closing": _COUNTED,
}
"""What a message is in the loops of a kind; `serving` leaves that to what serves one client."""


def snippet(code: str, language: str, which: Literal["flawed", "correct"]) -> str | None:
    """The text of a loop; None for a mistake that has none."""
    if code not in CORRECT:
        return None
    path = f"{code.lower()}/flawed" if which == "flawed" else f"correct/{CORRECT[code]}"
    return (_FOLDER / f"{path}.{language}").read_text(encoding="utf-8")
