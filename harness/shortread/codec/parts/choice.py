"""One of several types, by the value of a field, by the next octet, or by conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortread.codec.parts.part import Draft, Parsing, Progress, UnbuildableError
from shortread.codec.parts.sequence import Sequence
from shortread.codec.requests import Code, Peek
from shortread.spec.expressions import EvaluationError, Expression
from shortread.value import Value


@dataclass(frozen=True)
class Choice:
    """By the field `tag`: one of `cases`, or `otherwise`; None there rejects."""

    name: str
    tag: str
    cases: Mapping[Value, Sequence] = field(hash=False)
    otherwise: Sequence | None
    is_derived = False

    def parse(self, progress: Progress) -> Parsing:
        """Parse the case that the tag names."""
        tag = progress.scope.lookup(self.tag)
        chosen = self._chosen(tag)
        if chosen is None:
            progress.reject(Code.UNKNOWN_TAG, progress.scope.place(self.tag)[0], repr(tag))
        return (yield from chosen.parse(progress))

    def build(self, draft: Draft) -> bytes:
        """Build the case that the tag names."""
        chosen = self._chosen(draft.lookup(self.tag))
        if chosen is None:
            raise UnbuildableError(field=self.name, expected="a tag with a case", found=repr(draft.lookup(self.tag)))
        return chosen.build_value(draft.values[self.name], draft)

    def _chosen(self, tag: Value) -> Sequence | None:
        if isinstance(tag, bytes) and tag not in self.cases:
            tag = tag.decode("latin-1")
        return self.cases.get(tag, self.otherwise)


@dataclass(frozen=True)
class PeekedChoice:
    """By the next octet, with which what is chosen begins: one of `cases`, or `otherwise`; None there rejects."""

    name: str
    cases: Mapping[Value, Sequence] = field(hash=False)
    otherwise: Sequence | None
    is_derived = False

    def parse(self, progress: Progress) -> Parsing:
        """Parse the case of the next octet."""
        octet = yield Peek()
        assert isinstance(octet, bytes)
        chosen = self._chosen(octet)
        if chosen is None:
            progress.reject(Code.UNKNOWN_TAG, progress.offset, repr(octet))
        return (yield from chosen.parse(progress))

    def build(self, draft: Draft) -> bytes:
        """Build the first case that can say the value and then begins with an octet of its own."""
        value = draft.values[self.name]
        refusal: UnbuildableError | None = None
        for sequence in {id(case): case for case in (*self.cases.values(), self.otherwise)}.values():
            if sequence is None:
                continue
            try:
                octets = sequence.build_value(value, draft)
            except UnbuildableError as error:
                draft.note_failed_attempt()
                refusal = error
                continue
            if self._chosen(octets[:1]) is sequence:
                return octets
        raise refusal or UnbuildableError(field=self.name, expected="a value that a case can say", found=repr(value))

    def _chosen(self, octet: bytes) -> Sequence | None:
        return self.cases.get(octet.decode("latin-1"), self.otherwise)


@dataclass(frozen=True)
class ConditionalChoice:
    """The first of the `cases` whose condition holds, or `otherwise`; None there rejects."""

    name: str
    cases: tuple[tuple[Expression, Sequence], ...]
    otherwise: Sequence | None
    is_derived = False

    def parse(self, progress: Progress) -> Parsing:
        """Parse the first case whose condition holds."""
        chosen = self.otherwise
        for condition, sequence in self.cases:
            try:
                holds = condition.evaluate(progress.lookup)
            except EvaluationError as error:
                progress.reject(Code.CHECK_FAILED, progress.offset, str(error))
            if holds:
                chosen = sequence
                break
        if chosen is None:
            progress.reject(Code.UNKNOWN_TAG, progress.offset, "no condition holds")
        return (yield from chosen.parse(progress))

    def build(self, draft: Draft) -> bytes:
        """Build the first case that can say the value.

        Conditions may speak of numbers that are derived from what is built here, so a case counts as possible
        until its condition is known to be false. The finished frame is parsed again, which tells a wrong guess.
        """
        value = draft.values[self.name]
        refusal: UnbuildableError | None = None
        for condition, sequence in (*self.cases, (None, self.otherwise)):
            if sequence is None or (condition is not None and not _may_hold(condition, draft)):
                continue
            if (value is None) != (not sequence.parts):
                continue
            try:
                return sequence.build_value(value, draft)
            except UnbuildableError as error:
                draft.note_failed_attempt()
                refusal = error
        raise refusal or UnbuildableError(field=self.name, expected="a value that a case can say", found=repr(value))


def _may_hold(condition: Expression, draft: Draft) -> bool:
    try:
        return bool(condition.evaluate(draft.lookup))
    except EvaluationError:
        return True
