"""The running implementation: kept from trial to trial while it is healthy, replaced when it is not."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from shortread.errors import ImplementationError
from shortread.wire.link import PAUSE_SECONDS, Link
from shortread.wire.opening import Opening
from shortread.wire.sock_diag import SockDiag
from shortread.wire.transcript import Transcript
from shortread.wire.watch import Watch


class Instance(Protocol):
    """A started implementation."""

    @property
    def opening(self) -> Opening:
        """Opens connections with it."""
        ...

    @property
    def watch(self) -> Watch:
        """Sees its processes."""
        ...

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of its living processes; none where they cannot be seen."""
        ...

    @property
    def transcript(self) -> Transcript | None:
        """What it prints, where that tells what it understood."""
        ...

    @property
    def is_flooding(self) -> bool:
        """Whether it printed so much that its output is not read any more."""
        ...

    def output_tail(self) -> str:
        """What it printed last, safe to show."""
        ...

    def end(self) -> None:
        """End all its processes; does nothing when they have ended."""
        ...


class Instances:
    """Starts instances with `start`, one at a time. Use as a context manager: nothing is left running.

    Where each `is_for_one_connection` alone, the next one is started while the current one is in use.
    `diag` is None where the kernel is not to be asked what was read; `is_elsewhere` says that they run already,
    perhaps where it does not know; `may_need_time` says whether either holds.

    `start_seconds` is the time that was spent on starting them.
    """

    def __init__(
        self,
        start: Callable[[], Instance],
        diag: SockDiag | None,
        *,
        is_elsewhere: bool = False,
        is_for_one_connection: bool = False,
    ) -> None:
        self._start = start
        self.is_for_one_connection = is_for_one_connection
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="shortread-start")
        self._next: Future[Instance] | None = None
        self.may_need_time = diag is None or is_elsewhere
        self.is_elsewhere = is_elsewhere
        self._diag = diag
        self._pause_seconds = PAUSE_SECONDS
        self._instance: Instance | None = None
        self._link: Link | None = None
        self.start_seconds = 0.0

    def __enter__(self) -> Instances:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.discard()
        finally:
            self._discard_next()
            self._starter.shutdown()

    @property
    def link(self) -> Link:
        """The link to the current instance; starts one when there is none. Raises ImplementationError."""
        if self._link is None:
            began = time.perf_counter()
            self._instance = self._take_next()
            self.start_seconds += time.perf_counter() - began
            self._link = Link(
                self._instance.opening,
                self._instance.watch,
                self._diag,
                pause_seconds=self._pause_seconds,
                transcript=self._instance.transcript,
            )
        return self._link

    def _take_next(self) -> Instance:
        upcoming, self._next = self._next, None
        instance = self._start() if upcoming is None else upcoming.result()
        if self.is_for_one_connection:
            self._next = self._starter.submit(self._start)
        return instance

    def _discard_next(self) -> None:
        upcoming, self._next = self._next, None
        if upcoming is not None and not upcoming.cancel():
            with contextlib.suppress(ImplementationError):
                upcoming.result().end()

    def calibrate(self, pause_seconds: float) -> None:
        """Let so much time pass between two segments where the kernel cannot be asked."""
        self._pause_seconds = self.link.pause_seconds = pause_seconds

    def processes(self) -> tuple[int, ...]:
        """The ids of the current instance's processes; starts one when there is none. Raises ImplementationError."""
        _ = self.link
        return self._instance.processes if self._instance is not None else ()

    def discard(self) -> None:
        """End the current instance; the next trial starts a fresh one."""
        if self._instance is not None:
            # An interrupt between the two must not lose it.
            self._instance.end()
        self._instance = self._link = None

    def output_tail(self) -> str:
        """What the current instance printed last, safe to show."""
        return "" if self._instance is None else self._instance.output_tail()

    def check_output(self) -> None:
        """Raises ImplementationError when the current instance has flooded its output."""
        if self._instance is not None and self._instance.is_flooding:
            raise ImplementationError(f"it floods its output; the last it printed:\n{self._instance.output_tail()}")
