"""Files that must be complete at every moment: the log and the capture."""

from __future__ import annotations

from typing import BinaryIO

from shortread.errors import UsageError


def write_out(file: BinaryIO, octets: bytes) -> None:
    """Write all octets to an unbuffered file. Raises UsageError when it takes no more."""
    rest = memoryview(octets)
    while rest:
        try:
            rest = rest[file.write(rest) :]
        except OSError as error:
            raise UsageError.single(
                where=str(getattr(file, "name", "a record")),
                expected="a file that takes what is written",
                found=error.strerror or str(error),
                remedy="make room, or choose another file",
            ) from error
