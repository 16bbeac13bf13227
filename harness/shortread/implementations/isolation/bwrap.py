"""bubblewrap, beside resource limits: the same as `unshare`, by a program that many others rely on.

See bwrap(1). The network is made before, so that the harness can connect in it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shortread.implementations.isolation.launcher import WRITABLE_BY_ROOT_IN_PROC
from shortread.implementations.isolation.level import Confined, IsolationError, Level, Limits, Sandbox, Task, launched
from shortread.implementations.isolation.private_network import PrivateNetwork
from shortread.implementations.isolation.process_group import bounds, process_group
from shortread.implementations.isolation.unshare import PRIVATE_FOLDERS
from shortread.implementations.isolation.view import view_of

_KERNEL = tuple(f"/proc/{name}" for name in WRITABLE_BY_ROOT_IN_PROC)
"""bubblewrap leaves these as they are where it is run by root without capabilities."""
_PROCESS = ("--die-with-parent", "--cap-drop", "ALL")
_NAMESPACES = ("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts")


@contextmanager
def _opened(limits: Limits) -> Iterator[Sandbox]:
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise IsolationError("the program bwrap is not installed (its package is bubblewrap)")
    with process_group(limits.processes) as group, PrivateNetwork() as network:

        def confine(task: Task) -> Confined:
            steps = [
                *bounds(limits, group, counted_before=0),
                ("join", str(network.process), "user", "network"),
            ]
            command = ("bwrap", *_NAMESPACES, *_PROCESS, *_files(task, limits), *_what(task))
            return Confined(command=launched(steps, bubblewrap, command), environment=PRIVATE_FOLDERS)

        yield Sandbox(level=BWRAP.name, network=network, confine=confine)


def _files(task: Task, limits: Limits) -> Iterator[str]:
    size = ("--size", str(limits.scratch_bytes))
    yield from ("--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/tmp")  # noqa: S108
    yield from (*size, "--tmpfs", "/dev/shm")  # noqa: S108
    for path in _KERNEL:
        yield from ("--ro-bind-try", path, path)
    view = view_of(task)
    for path in view.readable:
        if Path(path).is_symlink() and path.count("/") == 1:
            yield from ("--symlink", os.readlink(path), path)  # noqa: PTH115 - as it is written
        else:
            yield from ("--ro-bind", path, path)
    for path in view.writable:
        yield from ("--bind", path, path)
    yield from ("--remount-ro", "/")


def _what(task: Task) -> tuple[str, ...]:
    return ("--chdir", str(task.folder), "--", *task.command)


BWRAP = Level(
    name="bwrap",
    promise="it sees no files, processes or network but its own, and all that it started ends with it",
    open=_opened,
)
