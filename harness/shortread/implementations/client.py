"""A client under test: started with the port of a socket on which we listen."""

from __future__ import annotations

import socket
from typing import Self

from shortread.implementations.implementation import Implementation
from shortread.implementations.isolation.level import UNCONFINED, Sandbox
from shortread.implementations.running import Running
from shortread.wire.opening import Accepting

_BACKLOG_CONNECTIONS = 16


class RunningClient(Running):
    """A client that was started and will connect, from `with` until its end.

    `with` raises ImplementationError when it cannot be started, with nothing of it left running. Whether it
    connects shows when a connection is opened.
    """

    def __init__(
        self,
        implementation: Implementation,
        *,
        host: str = "127.0.0.1",
        has_transcript: bool = False,
        sandbox: Sandbox = UNCONFINED,
    ) -> None:
        super().__init__(implementation, host=host, has_transcript=has_transcript, sandbox=sandbox)
        self._listener: socket.socket

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._listener = self._sandbox.network.socket(family)
        try:
            self._listener.bind((self._host, 0))
            self._listener.listen(_BACKLOG_CONNECTIONS)
            self._process = self._start_process(self._listener.getsockname()[1])
            self._watch = self._watch_over(self._process)
        except BaseException:
            self._listener.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def opening(self) -> Accepting:
        """Accepts it."""
        return Accepting(self._listener, self._watch)

    def end(self) -> None:
        """End every process of it, and stop listening; again is fine."""
        super().end()
        self._listener.close()
