"""One connection of live traffic: a client, a server, and a relay for each direction."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from shortread.proxy.boundary import Reader
from shortread.proxy.course import Course
from shortread.proxy.fault import Direction, Fault
from shortread.proxy.messages import MessageWatch
from shortread.proxy.relay import Relay
from shortread.proxy.surroundings import Surroundings
from shortread.value import Value

_DISCARD_BYTES = 1 << 16
_DISCARD_LIMIT_BYTES = 1 << 24
LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a socket resets its connection."""


class Observer(Protocol):
    """Whoever keeps a connection."""

    def on_action(self, connection: Connection, action: str, **facts: object) -> None:
        """Something for the log has happened."""

    def on_end(self, connection: Connection) -> None:
        """It is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Our two sockets, connected and non-blocking."""

    client: socket.socket
    server: socket.socket


class Connection:
    """Carries octets between two connected sockets until both directions have ended.

    `faults` are all that there are; which of them apply is decided here, by the number of the connection and by
    chance. Raises OSError when one of the two has gone already.
    """

    def __init__(
        self,
        *,
        number: int,
        ends: Ends,
        faults: Sequence[Fault],
        around: Surroundings,
        observer: Observer,
    ) -> None:
        self.number = number
        self.buffer = around.buffer
        self.is_captured = around.capture.is_wanted
        self._sockets = {
            Direction.UPSTREAM: (ends.client, ends.server),
            Direction.DOWNSTREAM: (ends.server, ends.client),
        }
        self._around = around
        self._observer = observer
        self._has_ended = False
        self._counted = dict.fromkeys(Direction, 0)
        self._chosen: dict[Fault, bool] = {}
        self._watches: dict[Direction, MessageWatch] = {}
        for direction, codec in around.codecs.items():
            self._watches[direction] = MessageWatch(codec, self._last_of_peer(direction))
        self._taps = {
            Direction.UPSTREAM: around.capture.tap(ends.client, is_client=True),
            Direction.DOWNSTREAM: around.capture.tap(ends.server, is_client=False),
        }
        self.relays = {direction: self._relay(direction, faults) for direction in Direction}
        self._upstream, self._downstream = self.relays[Direction.UPSTREAM], self.relays[Direction.DOWNSTREAM]
        self._upstream.opposite, self._downstream.opposite = self._downstream, self._upstream

    def start(self) -> None:
        """Begin to carry."""
        for relay in self.relays.values():
            relay.start()

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Let other faults be at work from here on."""
        for direction, relay in self.relays.items():
            if not self._has_ended:
                relay.set_faults(self._applying(direction, faults))

    def newly_passed_bytes(self) -> dict[Direction, int]:
        """How many octets were given to either side since this was last asked."""
        now = {direction: relay.sent_bytes for direction, relay in self.relays.items()}
        newly = {direction: count - self._counted[direction] for direction, count in now.items()}
        self._counted = now
        return newly

    def passed_bytes(self, direction: Direction) -> int:
        """How many octets were given to the other side."""
        return self.relays[direction].sent_bytes

    def reset(self, by: str) -> None:
        """Reset both connections; what has not arrived is lost, as with any reset."""
        for connection, _ in self._sockets.values():
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
        self._taps[Direction.UPSTREAM].reset(by_peer=by == "client")
        self._taps[Direction.DOWNSTREAM].reset(by_peer=by == "server")
        self._finish("reset", by=by)

    def close(self, by: str) -> None:
        """Close both connections in good order: octets that were left unread would make a reset of it."""
        for connection, _ in self._sockets.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            _discard(connection)
        for tap in self._taps.values():
            tap.sent_end()
        self._finish("closed", by=by)

    # What the relays tell.

    def source_has_ended(self, relay: Relay) -> None:
        """Capture it."""
        self._taps[relay.direction].received_end()

    def source_was_reset(self, relay: Relay) -> None:
        """Pass the reset on."""
        self.reset("client" if relay is self._upstream else "server")

    def destination_was_lost(self, relay: Relay) -> None:
        """What it said before it went is still to be passed on; reading from it ends in the reset."""
        if not relay.opposite.is_reading:
            self.reset("server" if relay is self._upstream else "client")

    def direction_has_ended(self, relay: Relay) -> None:
        """Once both directions have, nothing can happen any more."""
        self._taps[relay.opposite.direction].sent_end()
        self.note(relay, "half-closed", offset=relay.sent_bytes)
        if relay.opposite.has_ended:
            self._finish("closed")

    def has_passed(self, relay: Relay, octets: memoryview) -> None:
        """Capture what was sent."""
        self._taps[relay.opposite.direction].sent(octets)

    def has_received(self, relay: Relay, octets: memoryview) -> None:
        """Capture what was read."""
        self._taps[relay.direction].received(octets)

    def note(self, relay: Relay, action: str, **facts: object) -> None:
        """Pass it on, with whose it is."""
        if action == "struck":
            self._taps[relay.opposite.direction].comment(str(facts["fault"]))
        self._observer.on_action(self, action, direction=relay.direction.value, **facts)

    def watch_source(self, relay: Relay, *, wanted: bool) -> None:
        """Have the kernel tell of a reset."""
        source, _ = self._sockets[relay.direction]
        if wanted:
            self._around.hangups.watch(source, relay.hear_reset)
        else:
            self._around.hangups.forget(source)

    def close_both(self, relay: Relay) -> None:
        """A fault closes it."""
        del relay
        self.close("fault")

    def reset_both(self, relay: Relay) -> None:
        """A fault resets it."""
        del relay
        self.reset("fault")

    def _relay(self, direction: Direction, faults: Sequence[Fault]) -> Relay:
        source, destination = self._sockets[direction]
        reader = Reader(self._around.kernel, destination)
        course = Course(
            faults=self._applying(direction, faults),
            watch=self._watches.get(direction),
            random_for=lambda fault: self._random(direction, fault),
        )
        reader.look()
        return Relay(direction=direction, source=source, reader=reader, course=course, owner=self)

    def _applying(self, direction: Direction, faults: Sequence[Fault]) -> tuple[Fault, ...]:
        return tuple(fault for fault in faults if fault.direction in (None, direction) and self._is_chosen(fault))

    def _is_chosen(self, fault: Fault) -> bool:
        if fault not in self._chosen:
            self._chosen[fault] = fault.connections.chooses(self.number, self._random("connection", fault))
        return self._chosen[fault]

    def _random(self, purpose: str, fault: Fault) -> Random:
        """Chance that depends on the seed, the connection and the fault, and on nothing that happens."""
        return Random(f"{self._around.seed}/{self.number}/{purpose}/{fault}")  # noqa: S311 - no secret

    def _last_of_peer(self, direction: Direction) -> Callable[[], Mapping[str, Value]]:
        other = Direction.DOWNSTREAM if direction is Direction.UPSTREAM else Direction.UPSTREAM
        return lambda: self._watches[other].last_values

    def _finish(self, action: str, by: str | None = None) -> None:
        if self._has_ended:
            return
        self._has_ended = True
        for relay in self.relays.values():
            relay.stop()
        # The log is never behind what anybody else can see.
        self._observer.on_action(
            self,
            action,
            by=by,
            upstream_bytes=self.passed_bytes(Direction.UPSTREAM),
            downstream_bytes=self.passed_bytes(Direction.DOWNSTREAM),
        )
        for connection, _ in self._sockets.values():
            connection.close()
        self._observer.on_end(self)


def _discard(connection: socket.socket) -> None:
    """Read what has come, within reason."""
    with contextlib.suppress(OSError):
        for _ in range(_DISCARD_LIMIT_BYTES // _DISCARD_BYTES):
            if not connection.recv(_DISCARD_BYTES):
                return
