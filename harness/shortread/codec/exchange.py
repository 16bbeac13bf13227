"""The exchange of a spec: what is sent, and what must come back after how many messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from shortread.codec.frame_codec import FrameCodec
from shortread.expected import Expected, known_members, parse_expected
from shortread.spec.model import Step
from shortread.stream import Frame
from shortread.value import Value


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
            (count, parse_expected(step.expect))
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
