"""What a level of isolation is: how it prepares, and what it makes of a command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from shortread.wire.network import HOST_NETWORK, Network

_START_LAUNCHER = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
    "import launcher; del sys.path[0]; launcher.main(sys.argv[1:])"
)
"""Imported, because what is run as a script is compiled anew each time."""

Step = tuple[str, ...]
"""A step of the launcher and its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an implementation may use. Of time and memory each process has so much, of the rest all together.

    Memory is what it can write to (RLIMIT_DATA). Address space is bounded as well, but far above: Java, Go and
    JavaScript reserve much more of it than they use. Threads count as processes. `file_bytes` is for each file,
    `scratch_bytes` for all in the private temporary folder, where that is a file system of its own.
    """

    cpu_seconds: int = 600
    memory_bytes: int = 2 << 30
    address_space_bytes: int = 64 << 30
    processes: int = 512
    open_files: int = 1024
    file_bytes: int = 256 << 20
    scratch_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A command that is to be started.

    `program` is the file of it; `port` the only one that it needs, None where it needs no network at all. A build
    `writes_folder`.
    """

    command: tuple[str, ...]
    program: str
    folder: Path
    port: int | None = None
    writes_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confined:
    """What to start instead of a command, with additions to its environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A level that is in use: `confine` says what to start instead of a command, `network` where to connect to it."""

    level: str
    network: Network
    confine: Callable[[Task], Confined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of isolation. `promise` says in a line what a program cannot do.

    Opening it raises IsolationError where this machine does not offer it; what a sandbox needed is gone when it is
    left, and whatever ran in it has to be ended before.
    """

    name: str
    promise: str
    open: Callable[[Limits], AbstractContextManager[Sandbox]]


class IsolationError(Exception):
    """This machine does not offer a level; the text says why."""


UNCONFINED = Sandbox(level="none", network=HOST_NETWORK, confine=lambda task: Confined(command=task.command))
"""The harness's own rights, limits and network."""


def launched(steps: Sequence[Step], program: str, command: Sequence[str]) -> tuple[str, ...]:
    """The command of the launcher that carries out the steps and becomes the program."""
    words = (word for name, *arguments in steps for word in (name, str(len(arguments)), *arguments))
    # Neither site-packages nor variables of the environment: both would take time, and can be anybody's.
    return (sys.executable, "-I", "-S", "-c", _START_LAUNCHER, *words, "--", program, *command)
