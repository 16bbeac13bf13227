"""What an implementation itself read and wrote, as strace(1) saw it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shortread.errors import UsageError

_CALLS = ("read", "readv", "recvfrom", "recvmsg", "write", "writev", "sendto", "sendmsg")
_WRITES = frozenset({"write", "writev", "sendto", "sendmsg"})
_LINE = re.compile(
    r"^\d+ +(?P<call>\w+)\(\d+<(?:TCP|TCPv6):\[(?P<ends>[^>]*->[^>]*)\]>, (?P<rest>.*)\) += (?P<result>-?\d+)"
)
_UNFINISHED = re.compile(r"^(?P<thread>\d+) +(?P<begun>\w+\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(?P<thread>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")
_BUFFER = re.compile(r'^(?P<octets>"[^"]*")\.{0,3}, (?P<asked_bytes>\d+)')
_DETACH_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCall:
    """One call of the implementation on a connection.

    `asked_bytes` is how much it wanted to read or write, None where the call does not say it in one number;
    `moved_bytes` how much it read or wrote, 0 for the end of the stream, less than 0 for an error.
    """

    name: str
    is_write: bool
    asked_bytes: int | None
    moved_bytes: int

    def __str__(self) -> str:
        asked = "…" if self.asked_bytes is None else str(self.asked_bytes)
        if self.moved_bytes < 0:
            return f"{self.name}({asked}) failed"
        if self.is_write:
            return f"{self.name}({asked}) took {self._of_asked}"
        return f"{self.name}({asked}) returned {self._of_asked or 'the end of the stream'}"

    @property
    def _of_asked(self) -> str:
        if not self.moved_bytes:
            return ""
        is_short = self.asked_bytes is not None and self.moved_bytes < self.asked_bytes
        return f"{self.moved_bytes} of {self.asked_bytes} octets" if is_short else f"{self.moved_bytes} octets"


@contextmanager
def traced(processes: Sequence[int]) -> Iterator[list[OwnCall]]:
    """Trace running processes; the list holds the calls on the first connection once the block is left.

    Raises UsageError where there is no strace, or where it may not look.
    """
    program = shutil.which("strace")
    if program is None:
        raise UsageError.single(
            where="--trace-reads",
            expected="the program strace",
            found="none",
            remedy="install it, or leave the option out",
        )
    calls: list[OwnCall] = []
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "calls"
        command = [program, "-f", "-yy", "-s", "32", "-e", f"trace={','.join(_CALLS)}", "-o", str(output)]
        tracer = subprocess.Popen(
            [*command, *(word for pid in processes for word in ("-p", str(pid)))],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            _await_attached(tracer)
            yield calls
        finally:
            # It detaches from what it traces, which goes on.
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=_DETACH_SECONDS)
        calls += _first_connection(output.read_text(errors="replace"))


def _await_attached(tracer: subprocess.Popen[str]) -> None:
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    if "attached" not in line:
        raise UsageError.single(
            where="--trace-reads",
            expected="the right to trace the implementation",
            found=line.strip() or "a strace that ended at once",
            remedy="see ptrace_scope in ptrace(2), or leave the option out",
        )


def _first_connection(text: str) -> Iterator[OwnCall]:
    first: str | None = None
    for line in _whole_lines(text):
        match = _LINE.match(line)
        if match is None:
            continue
        first = first or match["ends"]
        if match["ends"] == first:
            buffer = _BUFFER.match(match["rest"])
            yield OwnCall(
                name={"recvfrom": "recv", "sendto": "send"}.get(match["call"], match["call"]),
                is_write=match["call"] in _WRITES,
                asked_bytes=int(buffer["asked_bytes"]) if buffer else None,
                moved_bytes=int(match["result"]),
            )


def _whole_lines(text: str) -> Iterator[str]:
    """Calls that were interrupted by another thread's line are joined again."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        if match := _UNFINISHED.match(line):
            begun[match["thread"]] = match["begun"]
        elif (match := _RESUMED.match(line)) and match["thread"] in begun:
            yield f"{match['thread']} {begun.pop(match['thread'])}{match['rest']}"
        else:
            yield line
