"""Hears what a client says that nobody knows yet, answer by answer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from shortread.wire.patience import Patience, State, Vigil
from shortread.wire.watch import Watch

_RECEIVE_BYTES = 1 << 16
_LIMIT_BYTES = 1 << 24
"""A client that says more has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """What a client said: how many octets of answers it had been given each time, and what it said then.

    `given_bytes` is the size of all answers. `has_closed` says that it ended the connection by itself, or its stream:
    these look alike.
    """

    turns: tuple[tuple[int, bytes], ...]
    given_bytes: int
    has_closed: bool

    @property
    def octets(self) -> bytes:
        """All that it said."""
        return b"".join(said for _, said in self.turns)


NextAnswer = Callable[[bytes, int], bytes]
"""All that was said so far, and how many octets of answers were given -> the next answer; empty where none is due."""


def overhear(connection: socket.socket, watch: Watch, patience: Patience, next_answer: NextAnswer) -> Overheard:
    """Give one answer whenever the client waits, until none is due or it has closed.

    Reads of the connection raise BlockingIOError after a tick. Where nobody sees whether it waits, each answer takes
    the whole patience.
    """
    turns: list[tuple[int, bytes]] = []
    heard, given_bytes, has_closed = b"", 0, False
    while not has_closed:
        said, has_closed = _hear(connection, Vigil(watch, patience), len(heard))
        heard += said
        turns.append((given_bytes, said))
        answer = next_answer(heard, given_bytes)
        if has_closed or not answer:
            break
        try:
            connection.sendall(answer)
        except ConnectionError:
            has_closed = True
        else:
            given_bytes += len(answer)
    return Overheard(turns=tuple(turns), given_bytes=given_bytes, has_closed=has_closed)


def _hear(connection: socket.socket, vigil: Vigil, before_bytes: int) -> tuple[bytes, bool]:
    """What it says until it waits, and whether it ended its stream."""
    said = bytearray()
    while before_bytes + len(said) <= _LIMIT_BYTES:
        try:
            octets = connection.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            if vigil.look() is not State.UNDECIDED:
                break
        except ConnectionError:
            return bytes(said), True
        else:
            if not octets:
                return bytes(said), True
            said += octets
            vigil.stir()
    return bytes(said), False
