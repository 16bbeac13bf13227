"""A link to a running implementation: performs trials with it, on one connection or several."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import replace

from shortread.evidence import Evidence, Growth
from shortread.performer import Command, SetReading
from shortread.wire.connection import DYING_LIMIT_SECONDS, Connection, Surroundings
from shortread.wire.gate import Gate, KernelGate, TimedGate
from shortread.wire.opening import Accepting, Opening
from shortread.wire.overhear import NextAnswer, Overheard, overhear
from shortread.wire.patience import SETTLE_LIMIT_SECONDS, Patience, await_rest, settle
from shortread.wire.sock_diag import SockDiag
from shortread.wire.transcript import Transcript
from shortread.wire.watch import Usage, Watch

PAUSE_SECONDS = 0.01
"""What passes between two segments where the kernel cannot be asked and nothing was measured yet."""
_FEW_CONNECTIONS = 8
"""Up to so many connections of a trial nobody asks what the implementation keeps of each."""


class Link:
    """Performs trials against one running implementation, one connection each.

    `opening` gives connections to it; `watch` sees its processes; `diag` asks the kernel about its sockets, None where
    it is not to be asked. Whatever the kernel does not know takes `pause_seconds`. With a transcript, what is
    printed counts as received, and what comes back on the connection does not.
    """

    def __init__(
        self,
        opening: Opening,
        watch: Watch,
        diag: SockDiag | None,
        *,
        pause_seconds: float = PAUSE_SECONDS,
        transcript: Transcript | None = None,
    ) -> None:
        self.opening = opening
        self._transcript = transcript
        self.pause_seconds = pause_seconds
        self._watch = watch
        self._diag = diag
        self._knows_peer = False
        self._is_first_of_client = isinstance(opening, Accepting)

    @property
    def asks_kernel(self) -> bool:
        """Whether the kernel is asked what was read; known for sure behind the first connection."""
        return self._diag is not None

    def perform(self, commands: Sequence[Command], patience: Patience) -> Evidence:
        """Carry out the commands on fresh connections. Raises ConnectError when there is none to be had."""
        connections: dict[int, Connection] = {}
        usage = self._watch.usage() if commands[-1].connection > _FEW_CONNECTIONS else None
        try:
            for command in commands:
                connection = connections.get(command.connection)
                if connection is None:
                    connection = self._open(commands, command.connection, patience)
                    connections[command.connection] = connection
                connection.carry_out(command)
                if len(connections) > 1 and connection.is_stuck:
                    # Its failure is certain, and each of the others would have to be waited for as well.
                    break
        finally:
            for connection in connections.values():
                connection.close()
        first, *others = (connection.evidence() for connection in connections.values())
        if not others:
            return first
        growth = None if usage is None else self._growth_since(usage)
        return replace(first, others=tuple(others), growth=growth)

    def overhear(self, patience: Patience, next_answer: NextAnswer) -> Overheard:
        """Hear what a client says on a fresh connection, and answer it. Raises ConnectError when there is none."""
        connection, peer = self.opening.open(patience.limit_seconds)
        with connection:
            return overhear((connection, self._gate_of(connection, peer)), self._watch, patience, next_answer)

    def _open(self, commands: Sequence[Command], number: int, patience: Patience) -> Connection:
        own = [command for command in commands if command.connection == number]
        if self._transcript is not None and not self._is_first_of_client:
            # What is still to be printed of an earlier connection must not be taken for this one's.
            await_rest(self._watch, limit_seconds=DYING_LIMIT_SECONDS)
        self._is_first_of_client = False
        is_slow_reader = any(isinstance(command, SetReading) for command in own)
        connection, peer = self.opening.open(patience.limit_seconds, is_slow_reader=is_slow_reader)
        try:
            gate = self._gate_of(connection, peer)
        except BaseException:
            connection.close()
            raise
        return Connection((connection, gate), Surroundings(self._watch, self._transcript), patience, own)

    def _gate_of(self, connection: socket.socket, peer: tuple[str, int]) -> Gate:
        if self._diag is not None:
            own = connection.getsockname()[:2]
            gate = KernelGate(self._diag, own=own, peer=peer, may_half_close=isinstance(self.opening, Accepting))
            if self._knows_peer or gate.knows_peer():
                self._knows_peer = True
                return gate
            self._diag = None
        return TimedGate(self.pause_seconds)

    def _growth_since(self, before: Usage) -> Growth | None:
        """What the implementation has more of than before, once it has come to rest."""
        settle(self._watch, limit_seconds=SETTLE_LIMIT_SECONDS)
        after = self._watch.usage()
        if after is None:
            return None
        return Growth(
            descriptors=after.descriptors - before.descriptors,
            threads=after.threads - before.threads,
            resident_bytes=after.resident_bytes - before.resident_bytes,
        )

    def death(self) -> str | None:
        """How the implementation's process ended; None when it lives, or cannot be seen.

        Waits for one that is about to end: it closes its sockets some time before it is gone.
        """
        await_rest(self._watch, limit_seconds=DYING_LIMIT_SECONDS)
        return self._watch.death()
