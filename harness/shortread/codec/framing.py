"""Which frames may come next: the phases of one direction of a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shortread.codec.parts.content import Content, ToTheEnd
from shortread.codec.parts.part import Progress, Scope
from shortread.codec.parts.sequence import Sequence
from shortread.codec.receive import FrameParser
from shortread.codec.requests import Code
from shortread.spec.expressions import EvaluationError, Expression
from shortread.stream import Value

_NOTHING: Mapping[str, Value] = MappingProxyType({})


def nobody() -> Mapping[str, Value]:
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

    @property
    def is_ended_by_stream(self) -> bool:
        """Whether a frame is everything up to the end of the stream."""
        if self.sequence is None:
            return False
        first = self.sequence.parts[0]
        return isinstance(first, Content) and isinstance(first.extent, ToTheEnd)


@dataclass
class PhaseMachine:
    """Where one stream stands. `peer` gives the fields of what the other side said last."""

    phases: Mapping[str, PhaseFraming]
    peer: Callable[[], Mapping[str, Value]] = nobody
    phase: str = ""
    last_values: Mapping[str, Value] = field(default_factory=dict)
    frames_in_phase: int = 0

    def __post_init__(self) -> None:
        self.phase = self.phase or next(iter(self.phases))

    @property
    def idle(self) -> bytes:
        """The octets that may stand before the next frame and mean nothing."""
        return self.phases[self.phase].idle

    @property
    def may_end(self) -> bool:
        """Whether the stream may end where a frame could begin."""
        return self.phases[self.phase].may_end

    @property
    def is_ended_by_stream(self) -> bool:
        """Whether the one frame of this phase is still to come and needs no octet."""
        return self.frames_in_phase == 0 and self.phases[self.phase].is_ended_by_stream

    def parse_frame(self) -> FrameParser:
        """A parser for the next frame; a finished frame may lead to another phase."""
        phase = self.phases[self.phase]
        progress = Progress(
            peer=self.peer(), wire=bytearray() if phase.has_checksum else None, max_bytes=phase.max_frame_bytes
        )
        if phase.sequence is None:
            progress.reject(Code.FORBIDDEN_BYTE, 0, f"nothing may come in the phase {self.phase}")
        message = yield from phase.sequence.parse(progress)
        self._leave(progress)
        return message, tuple(progress.spans)

    def _leave(self, progress: Progress) -> None:
        self.last_values = progress.frame_values
        self.frames_in_phase += 1
        scope = Scope(values=dict(progress.frame_values))
        progress.scope = scope
        for target, condition in self.phases[self.phase].transitions:
            try:
                holds = condition.evaluate(progress.lookup)
            except EvaluationError as error:
                progress.reject(Code.CHECK_FAILED, progress.offset, str(error))
            if holds:
                self.phase, self.frames_in_phase = target, 0
                return
