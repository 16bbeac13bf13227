"""A spec made ready: octets to frames, messages to frames."""

from __future__ import annotations

from collections.abc import Sequence as Listing
from functools import cached_property
from typing import Literal

from shortread.codec.compiler import Compiler
from shortread.codec.framing import Peer, PhaseFraming, PhaseMachine, nobody
from shortread.codec.parts.part import Draft, TooManyAttemptsError, UnbuildableError
from shortread.codec.parts.sequence import Sequence
from shortread.codec.receive import Receiver
from shortread.codec.requests import Violation
from shortread.spec import model
from shortread.stream import Frame
from shortread.value import Value

Side = Literal["client", "server"]


class FrameCodec:
    """Parses and builds what one side says; by default what a client says, which both do in most specs.

    `asks_peer`: whether what a frame is, or where it leads, may depend on what the other side said.
    """

    def __init__(self, spec: model.Spec, side: Side = "client") -> None:
        self.spec = spec
        self.side = side
        compiler = Compiler(spec)
        direction = spec.direction(side)
        phases = direction.phases or {"all": model.Phase(frame=direction.frame or "none")}
        self._phases = {
            name: _framing(phase, compiler, spec, direction.message or spec.message) for name, phase in phases.items()
        }
        self.asks_peer = compiler.asks_peer

    @property
    def has_lock_step(self) -> bool:
        """Whether in some phase a message must be answered before the next may be sent."""
        return any(map(self.is_in_lock_step, self._phases))

    def is_in_lock_step(self, phase: str) -> bool:
        """Whether in this phase a message must be answered before the next may be sent."""
        phases = self.spec.direction(self.side).phases or {}
        of_phase = phases[phase].pipelining if phase in phases else None
        return (of_phase or self.spec.pipelining) == "no"

    @property
    def first_sequence(self) -> Sequence | None:
        """The fields of the first frame; None where nothing may come."""
        return next(iter(self._phases.values())).sequence

    @property
    def samples(self) -> list[Value]:
        """The sample messages of the spec; where every octet is a message, all their octets.

        Where an exchange says what is sent and no messages are given, they are what it sends.
        """
        if self.spec.exchange is not None and not self.spec.messages:
            return [step.send for step in self.spec.exchange if step.is_sent]
        if not self.is_raw:
            return list(self.spec.messages)
        joined = b"".join(text.encode() if isinstance(text, str) else bytes(text) for text in self.spec.messages)
        return [joined[at : at + 1] for at in range(len(joined))]

    @property
    def is_raw(self) -> bool:
        """Whether every octet is a message."""
        return self.spec.direction(self.side).frame == "raw"

    @property
    def streams(self) -> list[list[Value]]:
        """The sample messages, stream by stream: one stream, or those that the spec says, each a list of messages."""
        messages = self.spec.messages
        if messages and not self.is_stateless and all(isinstance(stream, list) for stream in messages):
            return messages
        return [self.samples]

    @property
    def is_stateless(self) -> bool:
        """Whether there are frames, every one may follow every other, and none needs the end of the stream."""
        first, *others = self._phases.values()
        return not others and first.sequence is not None and not first.is_ended_by_stream and not first.transitions

    @cached_property
    def counterpart(self) -> FrameCodec:
        """The codec of what the other side says; this one where both sides speak alike."""
        if self.spec.directions is None:
            return self
        return FrameCodec(self.spec, "server" if self.side == "client" else "client")

    def framing(self, peer: Peer = nobody) -> PhaseMachine:
        """What a receive loop is to be given for one stream; `peer` gives what the other side had said by then."""
        return PhaseMachine(self._phases, peer)

    def receiver(self, peer: Peer = nobody) -> Receiver:
        """The correct receive loop, which waits for the first octet of a stream."""
        return Receiver(self.framing(peer))

    def parse(self, octets: bytes, peer: Peer = nobody) -> tuple[tuple[Frame, ...], Violation | None]:
        """The frames of a whole stream, and what is wrong with it: None when it ends where it may."""
        receiver = self.receiver(peer)
        frames = receiver.feed(octets)
        at_end, violation = receiver.end()
        return (*frames, *at_end), violation

    def build(self, message: Value) -> Frame:
        """The frame of a message in the first phase. Raises UnbuildableError when the framing cannot carry it."""
        (frame,) = self.build_all([message])
        return frame

    def build_all(self, messages: Listing[Value], peer: Peer = nobody) -> tuple[Frame, ...]:
        """The frames of a stream of messages, through the phases that they lead to. Raises UnbuildableError."""
        machine = PhaseMachine(self._phases, peer)
        receiver = Receiver(machine)
        frames: list[Frame] = []
        for at, message in enumerate(messages):
            sequence = self._phases[machine.phase].sequence
            if sequence is None:
                raise UnbuildableError(
                    field="message", expected=f"no message in the phase {machine.phase}", found=repr(message)[:80]
                )
            known = Draft(values={f"peer.{name}": value for name, value in peer(at).items()})
            try:
                wire = sequence.build_value(message, known)
            except TooManyAttemptsError as error:
                raise UnbuildableError(
                    field="message", expected="a message of which it is clear what it is", found="too many alternatives"
                ) from error
            came = receiver.feed(wire)
            if at == len(messages) - 1 and not came:
                came, _ = receiver.end()
            if receiver.violation is not None or len(came) != 1:
                found = receiver.violation.code.value if receiver.violation else f"{len(came)} frames"
                raise UnbuildableError(field="frame", expected="one frame that parses", found=found)
            frames += came
        return tuple(frames)


def _framing(phase: model.Phase, compiler: Compiler, spec: model.Spec, message: str | list[str] | None) -> PhaseFraming:
    sequence = _sequence(phase, compiler, spec, phase.message or message)
    return PhaseFraming(
        sequence=sequence,
        has_checksum=compiler.has_checksum,
        max_frame_bytes=spec.max_frame_bytes,
        transitions=tuple((target, compiler.expression(text)) for target, text in phase.next.items()),
        may_end=phase.at_end == "clean",
        idle=phase.idle or b"",
    )


def _sequence(
    phase: model.Phase, compiler: Compiler, spec: model.Spec, message: str | list[str] | None
) -> Sequence | None:
    frame = phase.frame
    if frame == "none":
        return None
    if frame == "raw":
        return compiler.frame([model.BytesField(name="octet", bytes=1)], None)
    fields = spec.types[frame] if isinstance(frame, str) else frame
    names = {field.name for field in fields}
    bits = {bit for field in fields if isinstance(field, model.BitsField) for bit in field.bits}
    wanted = [message] if isinstance(message, str) else message
    return compiler.frame(fields, wanted if wanted and set(wanted) <= names | bits else None)
