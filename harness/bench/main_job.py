"""How long the main job takes from a warm environment."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure


def measure() -> Iterator[Figure]:
    """Every implementation that ships, as tox checks them."""
    root = Path(__file__).resolve().parents[2]
    began = time.perf_counter()
    command = [sys.executable, "-m", "shortread", "check", "--quiet", "--profile", "quick", "--jobs", "2"]
    subprocess.run([*command, "implementations"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    yield Figure(name="the main job, all bundled implementations", measured=seconds, unit="s", relation="<=", bound=180)
