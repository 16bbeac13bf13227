"""Notices that a connection was reset while nobody reads from it: asyncio tells only those who read or write."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable


class Hangups:
    """One epoll(7) for all connections; where there is none, such a reset shows at the next read or write."""

    def __init__(self) -> None:
        self._maybe_epoll = select.epoll() if hasattr(select, "epoll") else None
        self._watched: dict[int, Callable[[], None]] = {}
        self._has_reader = False

    def close(self) -> None:
        """Watch nothing any more."""
        if self._maybe_epoll is not None:
            self._maybe_epoll.close()

    def watch(self, connection: socket.socket, on_reset: Callable[[], None]) -> None:
        """Call `on_reset`, from the running loop, when the connection is reset."""
        if self._maybe_epoll is None:
            return
        if not self._has_reader:
            asyncio.get_running_loop().add_reader(self._maybe_epoll.fileno(), self._on_event)
            self._has_reader = True
        self._watched[connection.fileno()] = on_reset
        # Edge-triggered: the end of both directions is an event too, and stays one.
        self._maybe_epoll.register(connection, select.EPOLLERR | select.EPOLLET)

    def forget(self, connection: socket.socket) -> None:
        """Call nobody; to be called before the connection is closed."""
        if self._maybe_epoll is not None and self._watched.pop(connection.fileno(), None) is not None:
            self._maybe_epoll.unregister(connection)

    def _on_event(self) -> None:
        assert self._maybe_epoll is not None
        for descriptor, event in self._maybe_epoll.poll(0):
            on_reset = self._watched.get(descriptor)
            if event & select.EPOLLERR and on_reset is not None:
                on_reset()
