"""The exchange of a spec: what is sent, and what must come back after how many messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from shortread.codec.frame_codec import FrameCodec
from shortread.expected import Expected, known_members, parse_expected
from shortread.spec.model import Spec, Step
from shortread.stream import Frame
from shortread.value import Value


def expectation(codec: FrameCodec, written: object) -> Expected:
    """What a spec says of a reply, which may name the types of the spec."""
    return parse_expected(written, lambda name: _reader(codec.spec, name))


def _reader(spec: Spec, name: str) -> Callable[[bytes], bool]:
    """Octets are of a type where they are one frame in a spec whose frames are of that type."""
    alone = {"frame": name, "phases": None, "directions": None, "message": None}
    codec = FrameCodec(spec.model_copy(update=alone))

    def reads(octets: bytes) -> bool:
        frames, violation = codec.parse(octets)
        return len(frames) == 1 and violation is None

    return reads


@dataclass(frozen=True)
class Exchange:
    """The steps of an exchange, as the side of `codec` takes them."""

    codec: FrameCodec
    steps: Sequence[Step]

    @cached_property
    def expected(self) -> tuple[tuple[int, Expected], ...]:
        """Each reply, with how many messages are sent before it."""
        sent = accumulate(step.is_sent for step in self.steps)
        return tuple(
            (count, expectation(self.codec, step.expect))
            for count, step in zip(sent, self.steps, strict=True)
            if step.is_expected
        )

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The frames of what is sent; what each is may depend on the replies before it. Raises UnbuildableError."""
        return self.codec.build_all([step.send for step in self.steps if step.is_sent], self._said)

    def _said(self, frames: int) -> Mapping[str, Value]:
        before = [reply for sent, reply in self.expected if sent <= frames]
        return known_members(before[-1]) if before else {}
