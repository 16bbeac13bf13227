"""Items of one type, as many as a number says or until a condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from shortread.codec.parts.part import Draft, Parsing, Progress, UnbuildableError
from shortread.codec.parts.sequence import Sequence
from shortread.codec.requests import Code
from shortread.spec.expressions import EvaluationError, Expression
from shortread.value import Value


@dataclass(frozen=True)
class Repeat:
    """Items, at most `max_items`.

    How many: `count` fixed, or as the field `number` says (None for an absent list where it is `absent`), or until
    `until` holds for an item, of which `last` is then a value to build. `is_last_kept` says whether that item
    belongs to the value. Where `joined_bytes` is set, the items are octets, one after the other, at most so many each.
    """

    name: str
    item: Sequence
    max_items: int
    count: int | None = None
    number: str | None = None
    absent: int | None = None
    until: Expression | None = None
    is_last_kept: bool = True
    last: Value = b""
    joined_bytes: int | None = None
    is_derived = False

    def parse(self, progress: Progress) -> Parsing:
        """Parse item after item."""
        wanted = self._wanted(progress)
        if wanted is None:
            return None
        items: list[Value] = []
        while self.until is not None or len(items) < wanted:
            start = progress.offset
            if len(items) == self.max_items and self.is_last_kept:
                self._reject_too_many(progress, start)
            value = yield from self.item.parse(progress)
            is_last = self.until is not None and self._is_last(value, progress)
            if is_last and not self.is_last_kept:
                break
            if len(items) == self.max_items:
                self._reject_too_many(progress, start)
            items.append(value)
            if is_last:
                break
        if self.joined_bytes is None:
            return tuple(items)
        return b"".join(item for item in items if isinstance(item, bytes))

    def build(self, draft: Draft) -> bytes:
        """Build item after item, and the last one where it is not part of the value."""
        value = draft.values[self.name]
        if value is None and self.absent is not None:
            draft.note_count(self.name, self.absent)
            return b""
        items = self._items(value)
        if self.count not in (None, len(items)) or len(items) > self.max_items:
            expected = f"{self.count if self.count is not None else f'at most {self.max_items}'} items"
            raise UnbuildableError(field=self.name, expected=expected, found=str(len(items)))
        last = (self.last,) if self.until is not None and not self.is_last_kept else ()
        octets = b"".join(self.item.build_value(item, draft) for item in (*items, *last))
        # Items may hold items of the same name, and theirs were noted on the way.
        draft.note_count(self.name, len(items))
        return octets

    def _reject_too_many(self, progress: Progress, offset: int) -> NoReturn:
        progress.reject(Code.TOO_MANY_ITEMS, offset, f"more than {self.max_items}")

    def _wanted(self, progress: Progress) -> int | None:
        if self.until is not None:
            return 0
        if self.number is None:
            return self.count or 0
        number = progress.scope.lookup(self.number)
        assert isinstance(number, int)
        if number == self.absent:
            return None
        if number > self.max_items:
            progress.reject(Code.TOO_MANY_ITEMS, progress.scope.place(self.number)[0], f"{number} items")
        return number

    def _is_last(self, value: Value, progress: Progress) -> bool:
        assert self.until is not None
        names = value if isinstance(value, Mapping) else {}

        def lookup(name: str) -> Value:
            if name == "item":
                return value
            return names[name] if name in names else progress.lookup(name)

        try:
            return bool(self.until.evaluate(lookup))
        except EvaluationError as error:
            progress.reject(Code.CHECK_FAILED, progress.offset, str(error))

    def _items(self, value: Value) -> tuple[Value, ...]:
        if self.joined_bytes is None:
            if isinstance(value, tuple | list):
                return tuple(value)
            raise UnbuildableError(field=self.name, expected="a list", found=repr(value)[:80])
        octets = value.encode() if isinstance(value, str) else value
        if not isinstance(octets, bytes):
            raise UnbuildableError(field=self.name, expected="octets", found=repr(value)[:80])
        size = self.joined_bytes
        return tuple(octets[at : at + size] for at in range(0, len(octets), size))
