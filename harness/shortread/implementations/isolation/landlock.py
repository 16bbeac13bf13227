"""Landlock, beside resource limits: a program reads and writes its own files only, and uses its own port only.

See landlock(7). UDP and Unix sockets that have a name are not covered, nor is how much it writes in all; signals are
since Linux 6.12.
"""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from shortread.implementations.isolation.level import (
    Confined,
    IsolationError,
    Level,
    Limits,
    Sandbox,
    Step,
    Task,
    launched,
)
from shortread.implementations.isolation.process_group import bounds, process_group, threads_of_user
from shortread.implementations.isolation.view import view_of
from shortread.wire.network import HOST_NETWORK

_SYS_LANDLOCK_CREATE_RULESET = 444
_VERSION_FLAG = 1
_WITH_PORTS = 4
WITH_SIGNALS = 6
"""Since Linux 6.12 a program cannot send signals to any but its own processes."""

_READABLE = ("/proc",)
_WRITABLE = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")


@contextmanager
def _opened(limits: Limits) -> Iterator[Sandbox]:
    version = landlock_version()
    if version < _WITH_PORTS:
        raise IsolationError(f"it needs Landlock version {_WITH_PORTS} (Linux 6.7), and there is {version or 'none'}")
    with (
        process_group(limits.processes) as group,
        tempfile.TemporaryDirectory(prefix="shortread-", ignore_cleanup_errors=True) as scratch,
    ):

        def confine(task: Task) -> Confined:
            steps = [
                *bounds(limits, group, counted_before=0 if group else threads_of_user()),
                ("landlock", *_rules(task, scratch)),
                ("give-up",),
            ]
            return Confined(
                command=launched(steps, task.program, task.command), environment={"HOME": scratch, "TMPDIR": scratch}
            )

        yield Sandbox(level=LANDLOCK.name, network=HOST_NETWORK, confine=confine)


def _rules(task: Task, scratch: str) -> Step:
    view = view_of(task)
    port = () if task.port is None else (f"port={task.port}",)
    ours = (*(f"read={path}" for path in _READABLE), *(f"write={path}" for path in (*_WRITABLE, scratch)))
    return (*view.words, *ours, *port)


def landlock_version() -> int:
    """Which version of Landlock the kernel has; 0 where it has none, or where it is switched off."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)))


LANDLOCK = Level(
    name="landlock",
    promise="it cannot read or write files but its own, use ports but its own, or send signals to others",
    open=_opened,
)
