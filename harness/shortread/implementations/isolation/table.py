"""The levels of isolation, the strongest first, and which of them this machine offers."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shortread.errors import UsageError
from shortread.implementations.isolation.bwrap import BWRAP
from shortread.implementations.isolation.landlock import LANDLOCK
from shortread.implementations.isolation.level import IsolationError, Level, Limits, Task
from shortread.implementations.isolation.none import NONE
from shortread.implementations.isolation.rlimits import RLIMITS
from shortread.implementations.isolation.unshare import UNSHARE

LEVELS: Mapping[str, Level] = {level.name: level for level in (BWRAP, UNSHARE, LANDLOCK, RLIMITS, NONE)}

_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A level, and why this machine does not offer it: None where it does."""

    level: Level
    why_not: str | None


def probe() -> tuple[Offer, ...]:
    """Try every level by running a small program in it; the strongest first."""
    return tuple(Offer(level=level, why_not=why_not(level)) for level in LEVELS.values())


def why_not(level: Level) -> str | None:
    """Why this machine does not offer a level; None where it does."""
    if level is NONE:
        return None
    python = sys.executable
    try:
        with level.open(Limits()) as sandbox, tempfile.TemporaryDirectory() as folder:
            task = Task(command=(python, "-I", "-S", "-c", ""), program=python, folder=Path(folder))
            tried = subprocess.run(
                sandbox.confine(task).command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
    except (IsolationError, subprocess.TimeoutExpired) as error:
        return str(error)
    if tried.returncode == 0:
        return None
    said = tried.stderr.decode(errors="backslashreplace").strip().removeprefix("shortread: ")
    return said or f"a program in it ended with status {tried.returncode}"


def level_for(name: str, *, required: str | None = None) -> Level:
    """The level of a name. Raises UsageError when it is weaker than what is required, or not offered here."""
    level, order = LEVELS[name], list(LEVELS)
    if required is not None and order.index(name) > order.index(required):
        raise UsageError.single(
            where="--require-isolation",
            expected=f"the isolation level {required} or a stronger one",
            found=name,
            remedy=_remedy(required),
        )
    reason = why_not(level)
    if reason is not None:
        raise UsageError.single(
            where=f"--isolation {name}",
            expected="a level that this machine offers",
            found=reason,
            remedy=f"put that right, or choose one that it offers: {', '.join(_offered())}",
        )
    return level


def _remedy(required: str) -> str:
    strong_enough = list(LEVELS)[: list(LEVELS).index(required) + 1]
    offered = [name for name in _offered() if name in strong_enough]
    if offered:
        return f"add --isolation {offered[0]}"
    reasons = "; ".join(f"{name}: {why_not(LEVELS[name])}" for name in strong_enough)
    return f"this machine does not offer it ({reasons})"


def _offered() -> list[str]:
    return [offer.level.name for offer in probe() if offer.why_not is None]
