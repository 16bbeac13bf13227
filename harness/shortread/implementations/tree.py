"""The processes that came from one command, found through /proc: descendants, and orphans given to us.

A process whose parent dies is handed to the nearest ancestor that is a "subreaper" (prctl(2)). The harness
makes itself one, so what a daemon leaves behind becomes our child, and can be found, ended and reaped.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import re
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from shortread.errors import ImplementationError

MARK = "SHORTREAD_RUN"
"""The environment variable that tells whose an orphan is; setsid(2) and most programs leave it alone."""

_PROC = Path("/proc")
_PR_SET_CHILD_SUBREAPER = 36
_READ_BYTES = 1 << 16
_END_SECONDS = 5.0
_END_POLL_SECONDS = 0.05
_DEAD_STATES = frozenset("ZX")
_PF_EXITING = 0x4
_GONE = (FileNotFoundError, ProcessLookupError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatus:
    """What `/proc/PID/stat` says; `start_ticks` tells two processes with the same id apart."""

    pid: int
    state: str
    parent: int
    session: int
    start_ticks: int
    is_exiting: bool
    """It is on its way out, or already dead: its memory may be gone, and with it the right to look at it."""

    @property
    def is_alive(self) -> bool:
        """Whether it can still run; a zombie cannot."""
        return self.state not in _DEAD_STATES


def process_status(pid: int) -> ProcessStatus | None:
    """Read the status of a process, or of a thread by its id; None when there is none."""
    try:
        text = _read(f"/proc/{pid}/stat")
    except _GONE:
        return None
    # The command's name stands in parentheses, and may itself contain any character.
    fields = text[text.rindex(b")") + 2 :].split()
    return ProcessStatus(
        pid=pid,
        state=fields[0].decode(),
        parent=int(fields[1]),
        session=int(fields[3]),
        start_ticks=int(fields[19]),
        is_exiting=bool(int(fields[6]) & _PF_EXITING),
    )


def thread_ids(pid: int) -> tuple[int, ...]:
    """The threads of a process; empty when it is gone."""
    try:
        return tuple(map(int, os.listdir(f"/proc/{pid}/task")))  # noqa: PTH208 - four times as fast as iterdir
    except _GONE:
        return ()


def children(pid: int) -> tuple[int, ...]:
    """The children of every thread of a process, zombies included."""
    try:
        lists = [_listed_children(pid, thread) for thread in thread_ids(pid)]
    except _NoChildListsError:
        return tuple(found.pid for found in _all_processes() if found.parent == pid)
    return tuple(child for listed in lists for child in listed)


class _NoChildListsError(Exception):
    """This kernel was built without CONFIG_PROC_CHILDREN."""


def _listed_children(pid: int, thread: int) -> tuple[int, ...]:
    try:
        return tuple(map(int, _read(f"/proc/{pid}/task/{thread}/children").split()))
    except _GONE as error:
        if not _has_child_lists():
            raise _NoChildListsError from error
        return ()


@functools.cache
def _has_child_lists() -> bool:
    return (_PROC / "thread-self" / "children").exists()


def _read(path: str) -> bytes:
    """A whole file of /proc: a third of the time that a Path needs, and a scan reads several for each thread."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(file, _READ_BYTES):
            parts.append(part)
    finally:
        os.close(file)
    return b"".join(parts)


def _all_processes() -> list[ProcessStatus]:
    statuses = (process_status(int(entry.name)) for entry in _PROC.iterdir() if entry.name.isdecimal())
    return [status for status in statuses if status is not None]


def socket_inodes(pid: int) -> frozenset[int]:
    """The sockets that a process has open, by the number that `sock_diag` knows them by.

    Empty when the process is gone or its descriptors may not be read.
    """
    inodes = set()
    try:
        links = list((_PROC / str(pid) / "fd").iterdir())
    except (*_GONE, PermissionError):
        return frozenset()
    for link in links:
        with contextlib.suppress(*_GONE, PermissionError):
            if found := re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink())):
                inodes.add(int(found[1]))
    return frozenset(inodes)


@functools.cache
def adopt_orphans() -> None:
    """Make the harness the subreaper of everything that it starts; once and for the whole process.

    It concerns every subprocess of the harness: an orphan of any of them stays a zombie of ours until we end.
    Raises OSError where the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


# A copy of the harness is not what the harness is.
os.register_at_fork(after_in_child=adopt_orphans.cache_clear)


class ProcessTree:
    """A command's first process and all that came from it.

    The root must be a child of ours that nobody reaps while the tree is in use, so that its id stays its own.
    An orphan is known by having been seen as a descendant, by its session (that of the root) or by the mark in its
    environment. One that was never seen, made a session of its own and cleared its environment escapes, one that
    died unseen in a session of its own stays a zombie until the harness ends, and one that replaces itself by a new
    process faster than a scan may be missed; only a PID namespace holds such a program.
    """

    def __init__(self, root: int, *, mark: str) -> None:
        self._root = root
        self._mark = f"{MARK}={mark}".encode()
        self._known: dict[int, int] = {}

    def scan(self) -> tuple[int, ...]:
        """The processes that exist now, zombies included, ordered by id; orphans that died are reaped.

        One that is being forked at this moment may be missed, and is found by the next scan.
        """
        found = self._statuses()
        self._reap_orphans(found)
        return tuple(sorted(found))

    def living(self) -> tuple[int, ...]:
        """The processes that can still run, ordered by id."""
        return tuple(pid for pid, status in sorted(self._statuses().items()) if status.is_alive)

    def end(self) -> None:
        """Kill every process of the tree and reap what became our child, except the root.

        Raises ImplementationError when one of them does not die.
        """
        deadline = time.monotonic() + _END_SECONDS
        # The group first: that is one step, within which none of its members can fork.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._root, signal.SIGKILL)
        # Twice, because whoever moves from a dying parent to us at this moment is in neither place for the first.
        while alive := self._kill_living() or self._kill_living():
            if time.monotonic() > deadline:
                raise ImplementationError(f"the processes {alive} did not end within {_END_SECONDS:g} s of SIGKILL")
        self._reap_orphans(self._statuses())

    def _statuses(self) -> dict[int, ProcessStatus]:
        found: dict[int, ProcessStatus] = {}
        waiting = [status for status in map(process_status, self._known) if status and self._is_known(status)]
        waiting += [status for status in map(process_status, (self._root,)) if status]
        waiting += self._orphans()
        while waiting:
            status = waiting.pop()
            if status.pid not in found:
                found[status.pid] = status
                waiting += [child for child in map(process_status, children(status.pid)) if child]
        self._known = {pid: status.start_ticks for pid, status in found.items()}
        return found

    def _is_known(self, status: ProcessStatus) -> bool:
        return self._known.get(status.pid) == status.start_ticks

    def _orphans(self) -> list[ProcessStatus]:
        ours = (process_status(pid) for pid in children(os.getpid()) if pid not in self._known)
        return [status for status in ours if status and (status.session == self._root or self._has_mark(status.pid))]

    def _has_mark(self, pid: int) -> bool:
        try:
            environment = _read(f"/proc/{pid}/environ")
        except (*_GONE, PermissionError):
            return False
        return self._mark in environment.split(b"\0")

    def _kill_living(self) -> tuple[int, ...]:
        alive = [status for status in self._statuses().values() if status.is_alive]
        handles = [handle for handle in map(_kill, alive) if handle is not None]
        for handle in handles:
            _await_end(handle, _END_POLL_SECONDS)
            os.close(handle)
        return tuple(status.pid for status in alive)

    def _reap_orphans(self, found: dict[int, ProcessStatus]) -> None:
        """Let go of dead orphans, or a server that leaves one per connection would use up the machine's ids."""
        for status in found.values():
            if status.pid != self._root and status.parent == os.getpid() and not status.is_alive:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(status.pid, os.WNOHANG)


def _kill(status: ProcessStatus) -> int | None:
    """Kill exactly this process; gives a pidfd to wait with, None when it is gone."""
    try:
        handle = os.pidfd_open(status.pid)
    except ProcessLookupError:
        return None
    # The id may have passed to another process before the handle was opened; from now on it cannot.
    now = process_status(status.pid)
    if now is None or now.start_ticks != status.start_ticks:
        os.close(handle)
        return None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    return handle


def _await_end(handle: int, seconds: float) -> bool:
    """Wait until the process of a pidfd has ended; False when it has not within the time."""
    waiter = select.poll()
    waiter.register(handle, select.POLLIN)
    return bool(waiter.poll(seconds * 1000))
