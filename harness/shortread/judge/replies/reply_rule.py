"""What every way of replying can say."""

from __future__ import annotations

from typing import Protocol

from shortread.evidence import Evidence
from shortread.judge.delivered import Delivered
from shortread.judge.expectation import Reply


class ReplyRule(Protocol):
    """Says which replies are due."""

    @property
    def is_learning(self) -> bool:
        """Whether it has to see replies before it can say any."""
        ...

    def learn(self, evidence: Evidence, delivered: Delivered) -> None:
        """Take what came back for the whole conversation for what must come back, if it can be that."""
        ...

    def due(self, delivered: Delivered, delivered_bytes: int) -> tuple[Reply, ...]:
        """The replies that must have come for what was delivered, in order."""
        ...

    def may_follow(self, delivered: Delivered, delivered_bytes: int) -> tuple[Reply, ...]:
        """The replies that may come behind those, and need not."""
        ...


class WrittenDown:
    """What the rules have in common that need not see a reply first."""

    is_learning = False

    def learn(self, evidence: Evidence, delivered: Delivered) -> None:
        """Nothing is learned."""

    def may_follow(self, _: Delivered, __: int) -> tuple[Reply, ...]:
        """Nothing may."""
        return ()
