"""One entry of the catalogue: what it is called, what is written about it, and what makes it executable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from types import MappingProxyType
from typing import TypeAlias

from shortread.catalogue.answers import Answers
from shortread.catalogue.axes import READ_BYTES, Axes, Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.program import Program
from shortread.catalogue.requested import Requested, requested_of
from shortread.catalogue.session import Session
from shortread.codec.frame_codec import FrameCodec
from shortread.spec.model import Spec


class Serving(StrEnum):
    """How a server treats several connections."""

    THREADS = "threads"
    ONE_BY_ONE = "one-by-one"
    SHARED = "shared"
    """One loop, with its buffer, for all of them."""
    KEPT = "kept"
    """Connections are never let go of."""


BOTH = (Reading.EXACT, Reading.BUFFER)
WITHOUT_CHOICE = (Reaction.CARRIES_ON,)
"""The reaction of a program that does not notice anything."""

WhyNot: TypeAlias = Callable[[Requested], str | None]
"""Why a mistake cannot be made with a spec, as a sentence without a subject; None where it can."""

Mutate: TypeAlias = Callable[[Spec], Spec | None]
"""The spec as the program has it; None where there is nothing to get wrong."""


def _always(_: Requested) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake. `documentation` is the text of its file.

    What runs is the correct loop and session, with the class that is given instead. `mutations` are specs that a
    program may have had in mind, by a word for each; `readings`, `read_sizes_bytes`, `reactions` and `details` are
    the axes, of which every combination is a program. `why_no_program` is set where nothing can be run at all.
    """

    code: str
    name: str
    summary: str
    documentation: str
    loop: type[Loop] = Loop
    session: type[Session] = Session
    answers: type[Answers] = Answers
    mutations: Mapping[str, Mutate] = field(default_factory=lambda: MappingProxyType({}))
    readings: tuple[Reading, ...] = BOTH
    read_sizes_bytes: tuple[int, ...] = (READ_BYTES,)
    reactions: tuple[Reaction, ...] = (Reaction.CLOSES,)
    details: tuple[str, ...] = ("",)
    is_possible: Callable[[Axes, Requested], bool] = lambda *_: True
    serving: Serving = Serving.THREADS
    why_not: WhyNot = _always
    why_no_program: str | None = None

    def why_not_with(self, codec: FrameCodec) -> str | None:
        """Why no program can make this mistake with that spec; None where one can."""
        if self.why_no_program is not None:
            return self.why_no_program
        reason = self.why_not(requested_of(codec))
        if reason is not None:
            return reason
        if self.mutations and not any(mutate(codec.spec) for mutate in self.mutations.values()):
            return "has no field of that kind"
        return None if self.axes(requested_of(codec)) else "has no messages that would show it"

    def programs(self, codec: FrameCodec) -> tuple[Program, ...]:
        """A program for each way of making this mistake with that spec; none where it cannot be made."""
        return () if self.why_not_with(codec) else tuple(self._programs(codec))

    def axes(self, requested: Requested) -> tuple[Axes, ...]:
        """Every combination that is a program with such a spec; a read size says nothing where amounts are exact."""
        combined = (
            Axes(reading=reading, read_bytes=size, reaction=reaction, detail=detail)
            for reading, size, reaction, detail in product(
                self.readings, self.read_sizes_bytes, self.reactions, self.details
            )
            if reading is Reading.BUFFER or size == self.read_sizes_bytes[0]
        )
        return tuple(axes for axes in combined if self.is_possible(axes, requested))

    def _programs(self, codec: FrameCodec) -> Iterator[Program]:
        for reading, writing, axes in self._specs(codec):
            yield Program(
                code=self.code,
                codec=reading,
                writing=writing,
                axes=axes,
                loop=self.loop,
                session=self.session,
                answers=self.answers,
            )

    def _specs(self, codec: FrameCodec) -> Iterator[tuple[FrameCodec, FrameCodec, Axes]]:
        every = self.axes(requested_of(codec))
        if not self.mutations:
            yield from ((codec, codec, axes) for axes in every)
            return
        for word, mutate in self.mutations.items():
            spec = mutate(codec.spec)
            if spec is None:
                continue
            mutated = FrameCodec(spec, codec.side)
            for axes in every:
                yield mutated, mutated, Axes(reading=axes.reading, reaction=axes.reaction, detail=word)
                yield mutated, codec, Axes(reading=axes.reading, reaction=axes.reaction, detail=f"{word}-reading")
