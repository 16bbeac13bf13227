"""The expressions of `-k`: which trials are run, by the names of what they are about.

    netstring and (held or every-cut) and not boundary

A word stands for every implementation, spec, conversation or fault with that word in its name, as in pytest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from shortread.errors import UsageError

Predicate = Callable[[Collection[str]], bool]
_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")
_EXPECTED = "words with and, or, not and parentheses between them"


def parse_selection(text: str) -> Predicate:
    """A predicate over the names of a family of trials. Raises UsageError."""
    parser = _Parser(text)
    chosen = parser.alternatives()
    parser.expect_end()
    return chosen


class _Parser:
    """Recursive descent over the words of one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = [match[1] for match in _TOKEN.finditer(text)]
        self._at = 0

    def alternatives(self) -> Predicate:
        """`A or B`."""
        each = list(self._separated("or", self._conjunction))
        return lambda names: any(one(names) for one in each)

    def expect_end(self) -> None:
        """Raises UsageError for anything that is left."""
        if self._next is not None:
            raise self._error(self._next)

    def _conjunction(self) -> Predicate:
        each = list(self._separated("and", self._negation))
        return lambda names: all(one(names) for one in each)

    def _negation(self) -> Predicate:
        word = self._take()
        if word == "not":
            inner = self._negation()
            return lambda names: not inner(names)
        if word == "(":
            inner = self.alternatives()
            if self._take() != ")":
                raise self._error("a parenthesis that is not closed")
            return inner
        if word in (None, ")", "and", "or"):
            raise self._error(word or "the end")
        lowered = word.lower()
        return lambda names: any(lowered in name.lower() for name in names)

    def _separated(self, separator: str, part: Callable[[], Predicate]) -> Iterator[Predicate]:
        yield part()
        while self._next == separator:
            self._take()
            yield part()

    @property
    def _next(self) -> str | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _take(self) -> str | None:
        word = self._next
        self._at += 1
        return word

    def _error(self, found: str) -> UsageError:
        return UsageError.single(
            where="-k",
            expected=_EXPECTED,
            found=f"{found} in {self._text!r}",
            remedy='write for example: -k "netstring and (held or every-cut)"',
        )
