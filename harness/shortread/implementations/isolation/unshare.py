"""Namespaces of its own, beside resource limits: a program sees no files, processes or network but its own.

Made by the launcher with unshare(2), without privileges. What it runs in its PID namespace ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shortread.implementations.isolation.level import Confined, Level, Limits, Sandbox, Task, launched
from shortread.implementations.isolation.private_network import PrivateNetwork
from shortread.implementations.isolation.process_group import bounds, process_group
from shortread.implementations.isolation.view import view_of

PRIVATE_FOLDERS = {"HOME": "/tmp", "TMPDIR": "/tmp"}  # noqa: S108 - nobody else has this one


@contextmanager
def _opened(limits: Limits) -> Iterator[Sandbox]:
    with process_group(limits.processes) as group, PrivateNetwork() as network:

        def confine(task: Task) -> Confined:
            steps = [
                *bounds(limits, group, counted_before=0),
                ("join", str(network.process), "user", "network"),
                ("namespaces", "mount", "pid", "ipc", "uts"),
                ("fork",),
                ("root", str(limits.scratch_bytes), *view_of(task).words),
                ("give-up",),
            ]
            return Confined(command=launched(steps, task.program, task.command), environment=PRIVATE_FOLDERS)

        yield Sandbox(level=UNSHARE.name, network=network, confine=confine)


UNSHARE = Level(
    name="unshare",
    promise="it sees no files, processes or network but its own, and all that it started ends with it",
    open=_opened,
)
