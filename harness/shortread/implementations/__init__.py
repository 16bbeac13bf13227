"""Implementations under test, in the order in which they are used.

    manifest   the keys of implementation.yaml; `placeholders` are the braces in it
    implementation
               a manifest or a command line -> Implementation
    ports      free ports to listen on
    start      build, and start a command
    server     start, wait until it listens, end
    client     start, and be connected to by it, end (`running` is what both have in common)
    isolation  how far it is kept from this machine
    process    one command with its output (`output`), ended with everything it started (`tree`)
    reads      what it read and wrote itself, by strace
    elsewhere  one that runs already
    threads    what its threads are doing, by the system calls they are in (`calls`)

Linux is needed for everything but manifests and ports.
"""

from shortread.implementations.client import RunningClient
from shortread.implementations.elsewhere import RunningElsewhere
from shortread.implementations.implementation import (
    MANIFEST_NAME,
    Implementation,
    find_manifests,
    from_command,
    from_function,
    load_manifest,
)
from shortread.implementations.manifest import Manifest, Policy, TimeLimits
from shortread.implementations.ports import PortChooser
from shortread.implementations.process import end_all, interrupted_by_sigterm
from shortread.implementations.reads import OwnCall, traced
from shortread.implementations.server import RunningServer
from shortread.implementations.start import build

__all__ = [
    "MANIFEST_NAME",
    "Implementation",
    "Manifest",
    "OwnCall",
    "Policy",
    "PortChooser",
    "RunningClient",
    "RunningElsewhere",
    "RunningServer",
    "TimeLimits",
    "build",
    "end_all",
    "find_manifests",
    "from_command",
    "from_function",
    "interrupted_by_sigterm",
    "load_manifest",
    "traced",
]
