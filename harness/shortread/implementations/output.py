"""What a process prints: read as it comes, of which only the end is kept."""

from __future__ import annotations

import os
import select
import threading

TAIL_BYTES = 4096
FLOOD_BYTES = 64 << 20
_READ_BYTES = 1 << 16
_DRAIN_SECONDS = 1.0


class Output:
    """The reading end of a pipe and the thread that empties it.

    `writing_end` is for the process; whoever starts it closes our copy with `close_writing_end`. What comes
    after `FLOOD_BYTES` is not read any more: the process is then stuck in its write, and `is_flooding` says
    so.
    """

    def __init__(self) -> None:
        self._reading_end, self.writing_end = os.pipe()
        self._stop_reading_end, self._stop_writing_end = os.pipe()
        self._tail = b""
        self._total_bytes = 0
        self._thread = threading.Thread(target=self._read_all, name="shortread-output", daemon=True)
        self._thread.start()

    @property
    def is_flooding(self) -> bool:
        """Whether it printed more than `FLOOD_BYTES`."""
        return self._total_bytes > FLOOD_BYTES

    def tail(self) -> str:
        """The last `TAIL_BYTES` octets as text; control characters and what is not UTF-8 are visible."""
        return visible(self._tail)

    def close_writing_end(self) -> None:
        """Close our copy of the end that the process writes to, so that its death ends the stream."""
        os.close(self.writing_end)

    def close(self) -> None:
        """Read what is still in the pipe and stop; the tail stays. Once, after `close_writing_end`."""
        # A process that escaped may hold the pipe open: then its end never comes, and the thread is told to
        # stop.
        self._thread.join(_DRAIN_SECONDS)
        os.close(self._stop_writing_end)
        self._thread.join()
        os.close(self._reading_end)
        os.close(self._stop_reading_end)

    def _read_all(self) -> None:
        poll = select.poll()
        poll.register(self._reading_end, select.POLLIN)
        poll.register(self._stop_reading_end, select.POLLIN)
        while not self.is_flooding:
            ready = dict(poll.poll())
            if self._reading_end not in ready:
                return
            data = os.read(self._reading_end, _READ_BYTES)
            if not data:
                return
            self._tail = (self._tail + data)[-TAIL_BYTES:]
            self._total_bytes += len(data)


def visible(octets: bytes) -> str:
    """Text that is safe to show: but for line ends and tabs, a control character becomes its escape."""
    text = octets.decode("utf-8", errors="backslashreplace")
    return "".join(
        character if character.isprintable() or character in "\n\t" else _escape(character) for character in text
    )


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
