"""What happened, as JSON lines: each written out before anything else happens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import BinaryIO

from shortread.proxy.records import write_out


class ActionLog:
    """Writes one object for each action; `maybe_file` None is a log that nobody asked for.

    `at_seconds` counts from the start of the log. The file is to be unbuffered.
    """

    def __init__(self, maybe_file: BinaryIO | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._maybe_file = maybe_file
        self._clock = clock
        self._start_seconds = clock()

    def write(self, action: str, **facts: object) -> None:
        """Write an action; facts that are None are left out. Raises UsageError when the file takes no more."""
        if self._maybe_file is None:
            return
        line: dict[str, object] = {"at_seconds": round(self._clock() - self._start_seconds, 6), "action": action}
        line.update((name, fact) for name, fact in facts.items() if fact is not None)
        write_out(self._maybe_file, json.dumps(line, ensure_ascii=False).encode() + b"\n")
