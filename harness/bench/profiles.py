"""How long a check takes by its profile: for a conforming server, and for one with which every trial hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figure import Figure
from bench.subjects import bundled, codec_of, instances_of, program
from shortread.engine.check import Check, Subject
from shortread.engine.plan import plan_for
from shortread.faults.profile import load_profile
from shortread.implementations import Implementation
from shortread.results import ImplementationFacts, RunFinished, Status
from shortread.wire.patience import Patience

_BOUNDS = {"quick": 2.0, "standard": 20.0}
_TIMES_WHERE_EVERYTHING_HANGS = 3


def measure() -> Iterator[Figure]:
    """The reference in Python, and a server that reads everything and never answers."""
    for profile, bound in _BOUNDS.items():
        seconds = _seconds(bundled("python/netstring"), profile, Status.PASS)
        yield Figure(name=f"{profile}, a conforming server", measured=seconds, unit="s", relation="<=", bound=bound)
        seconds = _seconds(program("netstring", "hanging_server.py"), profile, Status.FAIL)
        yield Figure(
            name=f"{profile}, every trial hangs",
            measured=seconds,
            unit="s",
            relation="<=",
            bound=bound * _TIMES_WHERE_EVERYTHING_HANGS,
        )


def _seconds(server: Implementation, profile: str, verdict: Status) -> float:
    facts = ImplementationFacts(name=server.manifest.name, role="server", command=server.manifest.command)
    subject = Subject(facts=facts, target=(), expect=None, policies={}, patience=Patience())
    began = time.perf_counter()
    with instances_of(server) as instances:
        *_, last = Check(plan_for(codec_of("netstring"), load_profile(profile)), subject, instances).events()
    assert isinstance(last, RunFinished)
    assert last.run.verdict is verdict
    return time.perf_counter() - began
