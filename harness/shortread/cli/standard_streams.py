"""Standard output and standard error that nobody has to read to the end, as in `shortread check … | head -1`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO


@contextmanager
def read_by_anybody() -> Iterator[None]:
    """Let printing succeed whether or not anybody reads it, so that work goes on and reports are written.

    What cannot be written in the stream's encoding becomes a question mark, and a closed stream is none.
    """
    with (
        _survivor(sys.stdout) as output,
        _survivor(sys.stderr) as errors,
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        yield


class _Descriptor(io.FileIO):
    """A file descriptor that takes everything, also when the other end of the pipe is gone."""

    def write(self, octets: Any, /) -> int:
        """Write octets, and say how many were taken."""
        try:
            return super().write(octets)
        except BrokenPipeError:
            return memoryview(octets).nbytes


def _survivor(stream: TextIO | None) -> TextIO:
    if stream is None:  # closed by whoever started us
        return Path(os.devnull).open("w", encoding="utf-8")
    return io.TextIOWrapper(
        io.BufferedWriter(_Descriptor(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=True,
    )
