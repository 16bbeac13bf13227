"""Hears what a client says that nobody knows yet, answer by answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from shortread.wire.gate import Gate
from shortread.wire.patience import TICK_SECONDS, Patience, State, Vigil, is_busy
from shortread.wire.watch import Watch

_RECEIVE_BYTES = 1 << 16
_LIMIT_BYTES = 1 << 24
"""A client that says more has no end."""
_SILENCE_SECONDS = 0.3
"""A client that has spoken, and has done nothing for so long, waits for us, and perhaps not for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """What a client said: how many octets of answers it had been given each time, and what it said then.

    `given_bytes` is the size of all answers. `has_closed` says that it ended the connection by itself, and not only its
    stream; where the kernel does not know its end, these look alike. It did so `silent_seconds` after its last word.
    """

    turns: tuple[tuple[int, bytes], ...]
    given_bytes: int
    has_closed: bool
    silent_seconds: float

    @property
    def octets(self) -> bytes:
        """All that it said."""
        return b"".join(said for _, said in self.turns)


NextAnswer = Callable[[bytes, int], bytes]
"""All that was said so far, and how many octets of answers were given -> the next answer; empty where none is due."""


def overhear(
    opened: tuple[socket.socket, Gate], watch: Watch, patience: Patience, next_answer: NextAnswer
) -> Overheard:
    """Give one answer whenever the client waits, until none is due or it has closed.

    Reads of the connection raise BlockingIOError after a tick. Where nobody sees whether it waits, each answer takes
    the whole patience. A client that has ended its stream is answered as well, as long as it reads.
    """
    connection, gate = opened
    turns: list[tuple[int, bytes]] = []
    heard, given_bytes, has_ended, is_gone = b"", 0, False, False
    silent_seconds = 0.0
    while not is_gone:
        if has_ended:
            said = b""
        else:
            said, has_ended, silent_seconds = _hear(connection, watch, patience, len(heard))
        heard += said
        turns.append((given_bytes, said))
        is_gone = has_ended and _has_gone(connection, gate, Vigil(watch, patience))
        answer = next_answer(heard, given_bytes)
        if is_gone or not answer:
            break
        try:
            connection.sendall(answer)
        except ConnectionError:
            is_gone = True
        else:
            given_bytes += len(answer)
    return Overheard(turns=tuple(turns), given_bytes=given_bytes, has_closed=is_gone, silent_seconds=silent_seconds)


def _has_gone(connection: socket.socket, gate: Gate, vigil: Vigil) -> bool:
    """Whether a client that has ended its stream closes the connection as well, before it waits for more."""
    while gate.is_half_closed() and not connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        if vigil.look() is not State.UNDECIDED:
            return False
        time.sleep(TICK_SECONDS)
    return True


def _hear(connection: socket.socket, watch: Watch, patience: Patience, before_bytes: int) -> tuple[bytes, bool, float]:
    """What it says until it waits, whether it ended its stream, and for how long it had been silent by then."""
    vigil = Vigil(watch, patience)
    said = bytearray()
    silent_since = time.monotonic()
    while before_bytes + len(said) <= _LIMIT_BYTES:
        try:
            octets = connection.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            if vigil.look() is not State.UNDECIDED:
                break
            if is_busy(watch) or not before_bytes + len(said):
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since >= _SILENCE_SECONDS:
                break
        except ConnectionError:
            return bytes(said), True, time.monotonic() - silent_since
        else:
            if not octets:
                return bytes(said), True, time.monotonic() - silent_since
            said += octets
            vigil.stir()
            silent_since = time.monotonic()
    return bytes(said), False, time.monotonic() - silent_since
