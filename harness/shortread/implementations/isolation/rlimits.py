"""Resource limits, and no privileges: a program cannot use up the machine, but reads and reaches what its user may.

The number of processes is bounded by a control group; where none can be made, by RLIMIT_NPROC on top of what the
user has running, which binds everybody but root.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shortread.implementations.isolation.level import Confined, Level, Limits, Sandbox, Task, launched
from shortread.implementations.isolation.process_group import bounds, process_group, threads_of_user
from shortread.wire.network import HOST_NETWORK


@contextmanager
def _opened(limits: Limits) -> Iterator[Sandbox]:
    with process_group(limits.processes) as group:

        def confine(task: Task) -> Confined:
            steps = [*bounds(limits, group, counted_before=0 if group else threads_of_user()), ("give-up",)]
            return Confined(command=launched(steps, task.program, task.command))

        yield Sandbox(level=RLIMITS.name, network=HOST_NETWORK, confine=confine)


RLIMITS = Level(
    name="rlimits",
    promise="it cannot use up time, memory, processes or open files, nor gain privileges",
    open=_opened,
)
