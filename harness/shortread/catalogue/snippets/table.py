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
    "SR105": "lines",
    "SR106": "lines",
    "SR201": "lines",
    "SR202": "lines",
    "SR301": "exact",
    "SR302": "exact",
    "SR405": "exact",
}
"""The commonest mistakes, and the kind of loop that does not have them."""


def snippet(code: str, language: str, which: Literal["flawed", "correct"]) -> str | None:
    """The text of a loop; None for a mistake that has none."""
    if code not in CORRECT:
        return None
    path = f"{code.lower()}/flawed" if which == "flawed" else f"correct/{CORRECT[code]}"
    return (_FOLDER / f"{path}.{language}").read_text(encoding="utf-8")
