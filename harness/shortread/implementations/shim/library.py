"""The library that makes sockets do less than they are asked for: built, preloaded, and asked what it did."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from shortread.implementations.implementation import Implementation

SHORT_SENDS = "send=1,2,3,5,17,256,4096"
"""A schedule, in the form that shim.c documents and reads: every send takes less than it is asked for, if it can."""
INTERRUPTED_SENDS = "send=eintr,all"
"""Every other send is interrupted: each one once, if it is started again."""
INTERRUPTED_RECEIVES = "recv=eintr,all"
"""The same for whatever receives."""

_SOURCE = Path(__file__).with_name("shim.c")
_COMPILERS = ("cc", "gcc")
_FLAGS = ("-std=gnu11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread")
_COUNTS = struct.Struct("@QQQ")


class ShimUnavailableError(Exception):
    """There is no such library on this machine; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many calls, of all processes that were started with the library, did less than they were asked for."""

    short_sends: int
    short_receives: int
    interrupted: int

    @property
    def changed(self) -> int:
        """All of them."""
        return self.short_sends + self.short_receives + self.interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class Shim:
    """The library, and the file in which it counts."""

    library: Path
    counts_file: Path

    def variables(self, schedule: str = SHORT_SENDS) -> dict[str, str]:
        """What the environment of a program must hold."""
        return {
            "LD_PRELOAD": str(self.library),
            "SHORTREAD_SHIM": schedule,
            "SHORTREAD_SHIM_COUNTS": str(self.counts_file),
        }

    def stressed(self, implementation: Implementation, schedule: str = SHORT_SENDS) -> Implementation:
        """The implementation, started with the library. What is loaded before it already stays so."""
        own = implementation.manifest.environment
        added = {name: value.replace("{", "{{").replace("}", "}}") for name, value in self.variables(schedule).items()}
        if "LD_PRELOAD" in own:
            added["LD_PRELOAD"] = f"{own['LD_PRELOAD']}:{added['LD_PRELOAD']}"
        manifest = implementation.manifest.model_copy(update={"environment": {**own, **added}})
        return replace(implementation, manifest=manifest)

    def counts(self) -> Counts:
        """What it did so far. A program that it could not be loaded into counts nothing."""
        sends, receives, interrupted = _COUNTS.unpack(self.counts_file.read_bytes())
        return Counts(short_sends=sends, short_receives=receives, interrupted=interrupted)


@contextmanager
def built_shim(compilers: Sequence[str] = _COMPILERS) -> Iterator[Shim]:
    """The library, built by the first of the compilers that there is, and removed in the end.

    Raises ShimUnavailableError where it cannot be built.
    """
    compiler = next(filter(shutil.which, compilers), None)
    if compiler is None:
        raise ShimUnavailableError(f"no C compiler ({' or '.join(compilers)})")
    with tempfile.TemporaryDirectory(prefix="shortread-shim-") as name:
        shim = Shim(library=Path(name) / "shim.so", counts_file=Path(name) / "counts")
        shim.counts_file.write_bytes(bytes(_COUNTS.size))
        command = (compiler, *_FLAGS, "-o", str(shim.library), str(_SOURCE), "-ldl")
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        if built.returncode:
            reason = next(iter(built.stderr.splitlines()), f"status {built.returncode}")
            raise ShimUnavailableError(f"{compiler} cannot build shim.c: {reason}")
        yield shim
