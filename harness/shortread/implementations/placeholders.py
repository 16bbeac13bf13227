"""`{host}`, `{port}`, `{python}` and `{dir}` in commands and environment values; `{{` and `}}` are braces."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

IN_COMMAND = ("host", "port", "python", "dir")
IN_BUILD = ("python", "dir")
"""A build comes before any address is known."""

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A brace in a text that is no placeholder: what was found, and the remedy."""

    found: str
    remedy: str


def misplaced(text: str, names: Collection[str]) -> Misplaced | None:
    """The first brace or placeholder that `expand` would not understand; None when all is well."""
    for part in _PART.finditer(text):
        if part[0] in ("{{", "}}") or part[1] in names:
            continue
        if part[1] is None:
            return Misplaced(found=f"a lone {part[0]} in {text!r}", remedy=f"write {part[0] * 2} for a brace")
        return Misplaced(found=f"{part[0]} in {text!r}", remedy=_remedy(part[1], names))
    return None


def expand(text: str, values: Mapping[str, str]) -> str:
    """Fill in the placeholders of a text in which nothing is misplaced."""
    return _PART.sub(lambda part: part[0][0] if part[1] is None else values[part[1]], text)


def _remedy(name: str, names: Collection[str]) -> str:
    if name in IN_COMMAND:
        return f"{{{name}}} is only known once the implementation is started, not while it is built"
    close = difflib.get_close_matches(name.strip().lower(), names, n=1)
    meant = f"did you mean {{{close[0]}}}? " if close else ""
    return f"{meant}for braces write {{{{{name}}}}}"
