"""Which frames may come next: the phases of one direction of a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from shortread.codec.parts.content import Content, ToTheEnd
from shortread.codec.parts.part import Progress, Scope
from shortread.codec.parts.sequence import Sequence
from shortread.codec.receive import FrameParser
from shortread.codec.requests import Code
from shortread.spec.expressions import EvaluationError, Expression
from shortread.value import Value

_NOTHING: Mapping[str, Value] = MappingProxyType({})


Peer: TypeAlias = Callable[[int], Mapping[str, Value]]
"""The fields of what the other side had said last when so many frames of this side were complete."""


def nobody(_: int) -> Mapping[str, Value]:
    """What the other side said last, where it is not listened to."""
    return _NOTHING


@dataclass(frozen=True)
class PhaseFraming:
    """One phase: its frames (None where nothing may come), and where each of them may lead."""

    sequence: Sequence | None
    transitions: tuple[tuple[str, Expression], ...]
    may_end: bool
    idle: bytes
    has_checksum: bool
    max_frame_bytes: int

    @cached_property
    def asks_peer(self) -> bool:
        """Whether it may depend on what the other side said where a frame leads."""
        return any(name.startswith("peer.") for _, condition in self.transitions for name in condition.names)

    @property
    def is_ended_by_stream(self) -> bool:
        """Whether a frame is everything up to the end of the stream."""
        if self.sequence is None:
            return False
        first = self.sequence.parts[0]
        return isinstance(first, Content) and isinstance(first.extent, ToTheEnd)


class PhaseMachine:
    """Where one stream stands. `last_values` are all fields of its last frame.

    A frame leads to another phase as soon as it is complete; where that depends on the other side, as late as
    possible: when the next frame begins, so that there was time for an answer.
    """

    def __init__(self, phases: Mapping[str, PhaseFraming], peer: Peer = nobody) -> None:
        self._phases = phases
        self._peer = peer
        self._name = next(iter(phases))
        self._left: Progress | None = None
        self._frames_in_phase = 0
        self._frames = 0
        self.last_values: Mapping[str, Value] = _NOTHING

    @property
    def phase(self) -> str:
        """The phase in which the next frame stands."""
        if self._left is not None:
            left, self._left = self._left, None
            left.offset = 0
            self._leave(left)
        return self._name

    @property
    def idle(self) -> bytes:
        """The octets that may stand before the next frame and mean nothing."""
        return self._phases[self.phase].idle

    @property
    def may_end(self) -> bool:
        """Whether the stream may end where a frame could begin."""
        return self._phases[self.phase].may_end

    @property
    def is_ended_by_stream(self) -> bool:
        """Whether the one frame of this phase is still to come and needs no octet."""
        return self._phases[self.phase].is_ended_by_stream and self._frames_in_phase == 0

    def parse_frame(self) -> FrameParser:
        """A parser for the next frame; a finished frame may lead to another phase."""
        phase = self._phases[self.phase]
        progress = Progress(
            peer=self._peer(self._frames),
            wire=bytearray() if phase.has_checksum else None,
            max_bytes=phase.max_frame_bytes,
        )
        if phase.sequence is None:
            progress.reject(Code.FORBIDDEN_BYTE, 0, f"nothing may come in the phase {self._name}")
        message = yield from phase.sequence.parse(progress)
        self._frames += 1
        self._frames_in_phase += 1
        self.last_values = progress.frame_values
        if phase.asks_peer:
            self._left = progress
        elif phase.transitions:
            self._leave(progress)
        return message, tuple(progress.spans)

    def _leave(self, progress: Progress) -> None:
        """Go where the frame leads."""
        phase = self._phases[self._name]
        progress.scope = Scope(values=dict(progress.frame_values))
        if phase.asks_peer:
            progress.peer = self._peer(self._frames)
        for target, condition in phase.transitions:
            try:
                holds = condition.evaluate(progress.lookup)
            except EvaluationError as error:
                progress.reject(Code.CHECK_FAILED, progress.offset, str(error))
            if holds:
                self._name, self._frames_in_phase = target, 0
                return
