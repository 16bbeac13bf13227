"""The end of a relay that writes, and remembers what did not fit."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

_NOTHING = memoryview(b"")


class Outlet:
    """Writes to a non-blocking socket.

    `on_sent` is told what was taken, `on_room` when all of it was at last, and `on_lost` when nothing can be written
    any more because the other side has gone.
    """

    def __init__(
        self,
        connection: socket.socket,
        *,
        on_sent: Callable[[memoryview], None],
        on_room: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.sent_bytes = 0
        self._loop = asyncio.get_running_loop()
        self._connection = connection
        self._on_sent = on_sent
        self._on_room = on_room
        self._on_lost = on_lost
        self._unsent = _NOTHING
        self._is_awaiting_room = False
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether something waits for room; nothing more may be given then."""
        return len(self._unsent) > 0

    def send(self, octets: memoryview) -> None:
        """Write; what does not fit is copied and waits."""
        try:
            count = self._connection.send(octets)
        except (BlockingIOError, InterruptedError):
            count = 0
        except OSError:
            self.close()
            self._on_lost()
            return
        self.sent_bytes += count
        if count:
            self._on_sent(octets[:count])
        if count < len(octets) and not self._is_closed:
            # Whose buffer it is may be filled again as soon as this callback returns.
            self._unsent = memoryview(bytes(octets[count:]))
            self._await_room(wanted=True)

    def end(self) -> None:
        """Half-close. Whoever has reset meanwhile is noticed by those who read from it."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Write nothing any more; the socket stays open."""
        self._is_closed = True
        self._unsent = _NOTHING
        self._await_room(wanted=False)

    def _on_writable(self) -> None:
        octets, self._unsent = self._unsent, _NOTHING
        self.send(octets)
        if not self._unsent and not self._is_closed:
            self._await_room(wanted=False)
            self._on_room()

    def _await_room(self, *, wanted: bool) -> None:
        if wanted and not self._is_awaiting_room:
            self._loop.add_writer(self._connection, self._on_writable)
        elif not wanted and self._is_awaiting_room:
            self._loop.remove_writer(self._connection)
        self._is_awaiting_room = wanted
