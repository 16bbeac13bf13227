"""A control group that bounds how many processes and threads there are, where one can be made.

RLIMIT_NPROC is no such bound: it counts the processes of a user, wherever they are, and never binds root. Inside a
user namespace it counts those of the namespace (Linux 5.14), which serves everybody but root.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shortread.implementations.isolation.level import Limits, Step

_PREFIX = "shortread-"
_LAUNCHERS = 8
"""So many processes are ours, in the same namespace or group."""
_TRIES = 200
_RETRY_SECONDS = 0.005
"""What was killed leaves its group some time after."""

_numbers = itertools.count(1)


@contextmanager
def process_group(most_processes: int) -> Iterator[Path | None]:
    """A control group with the bound, None where none can be made; what is left in it is killed in the end."""
    name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
    folder = next(filter(None, (_made(parent / name, most_processes) for parent in _places())), None)
    try:
        yield folder
    finally:
        if folder is not None:
            _remove(folder)


def bounds(limits: Limits, group: Path | None, *, counted_before: int) -> list[Step]:
    """The steps of the launcher that bound what a program can use.

    Where there is no group, `counted_before` processes of this user count that are not the program's.
    """
    steps: list[Step] = [] if group is None else [("group", str(group))]
    wanted = {
        "cpu": limits.cpu_seconds,
        "data": limits.memory_bytes,
        "address-space": limits.address_space_bytes,
        "file": limits.file_bytes,
        "open-files": limits.open_files,
        "core": 0,
    }
    if group is None:
        wanted["processes"] = limits.processes + _LAUNCHERS + counted_before
    return [*steps, *(("limit", name, str(value)) for name, value in wanted.items())]


def threads_of_user() -> int:
    """How many threads of this user there are on this machine."""
    user, count = os.geteuid(), 0
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if process.stat().st_uid == user:
                    count += sum(1 for _ in (process / "task").iterdir())
    return count


def _places() -> Iterator[Path]:
    """Folders of control groups in which one of ours may be made: our own, and the one above it."""
    mounts = _mounts()
    for line in _lines("/proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers in mounts and controllers in ("", "pids"):
            top = mounts[controllers]
            own = top / path.lstrip("/")
            yield own
            if own != top:
                yield own.parent


def _mounts() -> dict[str, Path]:
    """Where the hierarchies with the controller `pids` are mounted; that of version 2 has no name."""
    found = {}
    for line in _lines("/proc/self/mountinfo"):
        words, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        if kind == "cgroup2":
            found[""] = Path(words.split()[4])
        elif kind == "cgroup" and "pids" in options.split(","):
            found["pids"] = Path(words.split()[4])
    return found


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _made(folder: Path, most_processes: int) -> Path | None:
    try:
        _remove_abandoned(folder.parent)
        folder.mkdir()
    except OSError:
        return None
    try:
        # The file is there only where the controller is; it must not be made by writing to it.
        with (folder / "pids.max").open("r+", encoding="ascii") as file:
            file.write(str(most_processes + _LAUNCHERS))
    except OSError:
        folder.rmdir()
        return None
    return folder


def _remove_abandoned(parent: Path) -> None:
    """Remove what a harness left that was killed; a group in which something still runs stays."""
    for folder in parent.glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


def _remove(folder: Path) -> None:
    """Kill what is still there, and remove the group once the last has gone from it."""
    for _ in range(_TRIES):
        for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        try:
            folder.rmdir()
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            threading.Event().wait(_RETRY_SECONDS)
        else:
            return
