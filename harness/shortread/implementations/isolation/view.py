"""Which files a confined program sees: its own, those of the system, and the harness's Python. Nothing of the grader.

What lies in somebody's home is not seen, but for the harness's Python: a toolchain has to be installed for everybody.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from shortread.implementations.isolation.level import Task

_MADE_ANEW = (("proc",), ("dev",))
_OF_THE_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix/store")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Paths that a program may read, and those that it may write too. Absolute; all of them exist."""

    readable: tuple[str, ...]
    writable: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The view as arguments of the launcher."""
        return (*(f"read={path}" for path in self.readable), *(f"write={path}" for path in self.writable))


def view_of(task: Task) -> View:
    """What a task has to see: also the files that its command names by an absolute path."""
    named = [word for word in (task.program, *task.command) if _is_file_on_disk(word)]
    folder = _both(str(task.folder))
    wanted = [*_OF_THE_SYSTEM, *_both(sys.prefix), *_both(sys.base_prefix)]
    wanted += [path for word in named for path in _both(word)]
    wanted += [] if task.writes_folder else folder
    return View(readable=_outermost(wanted), writable=tuple(folder) if task.writes_folder else ())


def _is_file_on_disk(word: str) -> bool:
    path = Path(word)
    return path.is_absolute() and path.parts[1:2] not in _MADE_ANEW and path.is_file()


def _both(path: str) -> list[str]:
    """A path as it is given, and where it really is."""
    return list(dict.fromkeys((os.path.abspath(path), os.path.realpath(path))))  # noqa: PTH100 - links stay


def _outermost(paths: list[str]) -> tuple[str, ...]:
    """Those that exist and lie in none of the others."""
    found: list[str] = []
    for path in sorted(set(paths)):
        if Path(path).exists() and not any(Path(path).is_relative_to(other) for other in found):
            found.append(path)
    return tuple(found)
