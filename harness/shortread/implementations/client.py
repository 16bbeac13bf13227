"""A client under test: started with the port of a socket on which we listen."""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Self

from shortread.implementations.implementation import Implementation
from shortread.implementations.isolation.level import UNCONFINED, Sandbox
from shortread.implementations.running import Running
from shortread.wire.opening import Accepting
from shortread.wire.patience import TICK_SECONDS

_BACKLOG_CONNECTIONS = 16
_WAITING_SECONDS = 0.1
"""Shorter than any time-out that somebody would choose."""
_TCP_INFO_BYTES = 104
_LAST_RECEIVED_AT = 52
_LAST_RECEIVED_MS = struct.Struct("=II")
"""In struct tcp_info of include/uapi/linux/tcp.h: for how long there was no data, and no acknowledgement."""


class RunningClient(Running):
    """A client that was started and will connect, from `with` until its end.

    `with` raises ImplementationError when it cannot be started, with nothing of it left running. Whether it
    connects shows when a connection is opened. One that has waited for `waiting_seconds` by then is started anew.
    """

    def __init__(
        self,
        implementation: Implementation,
        *,
        host: str = "127.0.0.1",
        has_transcript: bool = False,
        sandbox: Sandbox = UNCONFINED,
        waiting_seconds: float = _WAITING_SECONDS,
    ) -> None:
        super().__init__(implementation, host=host, has_transcript=has_transcript, sandbox=sandbox)
        self._listener: socket.socket
        self._waiting: socket.socket | None = None
        self._waiting_seconds = waiting_seconds

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
        """Accepts it. Ask before anything else: one that was started in advance and has waited long is started anew."""
        if self._implementation.is_for_one_connection:
            self._await_connection()
            if self._has_waited_long():
                super().end()
                self._process = self._start_process(self._listener.getsockname()[1])
                self._watch = self._watch_over(self._process)
                self._await_connection()
        waiting, self._waiting = self._waiting, None
        return Accepting(self._listener, self._watch, waiting)

    def _has_waited_long(self) -> bool:
        """Whether it connected so long ago that it may be about to give up, by a time-out of its own.

        A connection that is as good as new is kept, for whoever opens it.
        """
        self._listener.settimeout(0)
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return False
        if _silent_seconds(connection) < self._waiting_seconds:
            self._waiting = connection
            return False
        connection.close()
        return True

    def _await_connection(self) -> None:
        """Give it the time that it has for starting, or until it has ended: an earlier trial may have taken less."""
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        deadline = time.monotonic() + self._implementation.manifest.time_limits.start_seconds
        while not poll.poll(TICK_SECONDS * 1000) and self._watch.death() is None and time.monotonic() < deadline:
            pass

    def end(self) -> None:
        """End every process of it, and stop listening; again is fine."""
        super().end()
        self._listener.close()


def _silent_seconds(connection: socket.socket) -> float:
    """How long ago the other side was heard last."""
    information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    data_ms, acknowledgement_ms = _LAST_RECEIVED_MS.unpack_from(information, _LAST_RECEIVED_AT)
    return float(min(data_ms, acknowledgement_ms)) / 1000
