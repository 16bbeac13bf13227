"""Parts that carry no message: a condition over what was parsed, and a checksum over octets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shortread.codec.numbers import Binary, Digits
from shortread.codec.parts.part import Draft, Parsing, Progress
from shortread.codec.requests import Code, Exactly, Violation
from shortread.spec.expressions import EvaluationError, Expression
from shortread.stream import Role


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that must hold; the violation is given at the start of the field `at`, or where it stands."""

    name: str
    condition: Expression
    code: Code
    at: str | None

    @property
    def is_derived(self) -> bool:
        """It has no octets."""
        return True

    def parse(self, progress: Progress) -> Parsing:
        """Ask for nothing; reject where the condition does not hold."""
        place = progress.scope.place(self.at)[0] if self.at else progress.offset
        try:
            holds = self.condition.evaluate(progress.lookup)
        except EvaluationError as error:
            progress.reject(self.code, place, str(error))
        if not holds:
            progress.reject(self.code, place, self.condition.text)
        return None
        yield  # it is a generator that asks for nothing

    def build(self, draft: Draft) -> bytes:  # noqa: ARG002 - no octets
        """Nothing; whether it holds is seen when the frame is parsed again."""
        return b""


@dataclass(frozen=True, slots=True)
class Checksum:
    """A number that must be the checksum of the octets from the first of the fields `over` to the last."""

    name: str
    codec: Binary | Digits
    compute: Callable[[bytes], int]
    over: tuple[str, ...]

    @property
    def is_derived(self) -> bool:
        """It follows from the octets."""
        return True

    def parse(self, progress: Progress) -> Parsing:
        """Ask for the number and compare."""
        if isinstance(self.codec, Binary):
            octets = yield Exactly(self.codec.size)
        else:
            octets = yield Exactly(self.codec.width or 1, self.codec.refuse)
            assert isinstance(octets, bytes)
            violation: Violation | None = self.codec.refuse(octets)
            if violation is not None:
                progress.reject_refused(violation)
        assert isinstance(octets, bytes)
        assert progress.wire is not None
        covered = b"".join(bytes(progress.wire[slice(*progress.scope.place(name))]) for name in self.over)
        if self.codec.read(octets) != self.compute(covered):
            progress.reject(Code.BAD_CHECKSUM, progress.offset)
        progress.mark(self.name, Role.NUMBER, octets)
        return self.codec.read(octets)

    def build(self, draft: Draft) -> bytes:
        """The checksum of what has been built."""
        return self.codec.write(self.compute(b"".join(draft.octets[name] for name in self.over)))
