"""What a process prints: read as it comes, of which the end is kept, and all of it where somebody wants to read it."""

from __future__ import annotations

import os
import re
import select
import textwrap
import threading
import tty

TAIL_BYTES = 4096
FLOOD_BYTES = 64 << 20
_READ_BYTES = 1 << 16
_DRAIN_SECONDS = 1.0
_CI_COMMAND = re.compile(r"^(?P<indent>\s*)::|##(?=[\w.]*\[)", re.MULTILINE)
"""What the log of a CI service would take for a command: `::error::`, `##[error]`, `##vso[…]`, `##teamcity[…]`."""


class Output:
    """The reading end of a pipe, or of a pseudo-terminal, and the thread that empties it.

    `writing_end` is for the process; whoever starts it closes our copy with `close_writing_end`. What comes
    after `FLOOD_BYTES` is not read any more: the process is then stuck in its write, and `is_flooding` says
    so. With `is_terminal` the process sees a raw terminal, so that it does not buffer what it prints, and what it
    printed can be read with `since`.
    """

    def __init__(self, *, is_terminal: bool = False) -> None:
        if is_terminal:
            self._reading_end, self.writing_end = os.openpty()
            tty.setraw(self.writing_end)
        else:
            self._reading_end, self.writing_end = os.pipe()
        os.set_blocking(self._reading_end, False)
        self._stop_reading_end, self._stop_writing_end = os.pipe()
        self._kept: bytearray | None = bytearray() if is_terminal else None
        self._forgotten_bytes = 0
        self._tail = b""
        self._total_bytes = 0
        self._is_closed = False
        self._lock = threading.Condition()
        self._thread = threading.Thread(target=self._read_all, name="shortread-output", daemon=True)
        self._thread.start()

    @property
    def is_flooding(self) -> bool:
        """Whether it printed more than `FLOOD_BYTES`."""
        return self._total_bytes > FLOOD_BYTES

    def tail(self) -> str:
        """The last `TAIL_BYTES` octets as text; control characters and what is not UTF-8 are visible."""
        return visible(self._tail)

    def position(self) -> int:
        """How much was printed so far; what came before is forgotten."""
        self._read()
        with self._lock:
            if self._kept is not None:
                self._forgotten_bytes += len(self._kept)
                self._kept.clear()
        return self._forgotten_bytes

    def await_more(self, known_bytes: int, *, timeout_seconds: float) -> None:
        """Wait until more was printed behind the position given last than so much, or the time is over."""
        with self._lock:
            self._lock.wait_for(lambda: len(self._kept or b"") > known_bytes, timeout_seconds)

    def since(self, position: int) -> bytes:
        """What was printed behind a position that `position` gave last."""
        self._read()
        with self._lock:
            return bytes((self._kept or b"")[max(0, position - self._forgotten_bytes) :])

    def close_writing_end(self) -> None:
        """Close our copy of the end that the process writes to, so that its death ends the stream."""
        os.close(self.writing_end)

    def close(self) -> None:
        """Read what is still there and stop; the tail stays. Once, after `close_writing_end`."""
        # A process that escaped may hold the pipe open: then its end never comes, and the thread is told to
        # stop.
        self._thread.join(_DRAIN_SECONDS)
        os.close(self._stop_writing_end)
        self._thread.join()
        with self._lock:
            self._is_closed = True
        os.close(self._reading_end)
        os.close(self._stop_reading_end)

    def _read_all(self) -> None:
        poll = select.poll()
        poll.register(self._reading_end, select.POLLIN)
        poll.register(self._stop_reading_end, select.POLLIN)
        while not self.is_flooding:
            ready = dict(poll.poll())
            if self._reading_end not in ready or not self._read():
                return

    def _read(self) -> bool:
        """Read what is there; False when nothing can come any more."""
        with self._lock:
            while not self.is_flooding and not self._is_closed:
                try:
                    data = os.read(self._reading_end, _READ_BYTES)
                except BlockingIOError:
                    return True
                except OSError:
                    # A terminal that nobody has open any more, or one that is closed already.
                    return False
                if not data:
                    return False
                self._tail = (self._tail + data)[-TAIL_BYTES:]
                self._total_bytes += len(data)
                if self._kept is not None:
                    self._kept += data
                    self._lock.notify_all()
            return True


def printed_last(tail: str) -> str:
    """The end of an error about a program: what it printed last, as `tail` gives it."""
    lines = tail.strip("\n")
    return f"; it printed last:\n{textwrap.indent(lines, '    ')}" if lines.strip() else "; it printed nothing"


def visible(octets: bytes) -> str:
    """Text that is safe to show: but for line ends and tabs, a control character becomes its escape.

    A command to a CI service gets a backslash, and is none any more.
    """
    text = octets.decode("utf-8", errors="backslashreplace")
    shown = "".join(
        character if character.isprintable() or character in "\n\t" else _escape(character) for character in text
    )
    return _CI_COMMAND.sub(lambda found: f"{found['indent']}\\::" if found[0].endswith(":") else "#\\#", shown)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
