"""No isolation: the rights, the limits and the network of whoever runs shortread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shortread.implementations.isolation.level import UNCONFINED, Level, Limits, Sandbox


@contextmanager
def _opened(_: Limits) -> Iterator[Sandbox]:
    yield UNCONFINED


NONE = Level(name="none", promise="all that it started is ended, and its output is shown safely", open=_opened)
