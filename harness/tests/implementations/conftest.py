"""What the tests of implementations share: small programs as files, and waiting for a condition."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from shortread.implementations.ports import PortChooser

T = TypeVar("T")
Until = Callable[[Callable[[], T]], T]
Script = Callable[[str], list[str]]


@pytest.fixture
def until() -> Until[object]:
    """`until(condition)` gives the first true result; a test fails that has to wait for 20 seconds."""

    def wait(condition: Callable[[], T]) -> T:
        deadline = time.monotonic() + 20
        while not (result := condition()):
            assert time.monotonic() < deadline, "the condition did not come true"
            os.sched_yield()
        return result

    return wait


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """`script(source)` writes a Python program and gives the command that runs it."""

    def write(source: str) -> list[str]:
        path = tmp_path / f"program{len(list(tmp_path.iterdir()))}.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return [sys.executable, str(path)]

    return write


@pytest.fixture
def ports() -> PortChooser:
    """Ports that other test processes are unlikely to choose at the same time."""
    return PortChooser(Random(os.getpid()))
