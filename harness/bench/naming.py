"""How soon a mistake has its name, and whether that depends on what else the machine does.

The bundled implementations with the commonest mistakes, each by the quick profile: the time of their trials and of the
naming, without what is spent on starting them and on confirming with full patience. And the same with a processor that
somebody else keeps busy: the same findings, every time.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figure import Figure
from bench.subjects import bundled, codec_of, instances_of
from shortread.engine.check import Check, Subject
from shortread.engine.plan import Traits, plan_for
from shortread.faults.profile import load_profile
from shortread.results import ImplementationFacts, Run, RunFinished
from shortread.wire.patience import Patience

_COMMONEST = (
    "python/text-u16-body-one-recv",
    "python/netstring-length-one-recv",
    "python/text-u16-spin-at-end",
    "python/netstring-truncated-at-end",
    "javascript/text-u16-data-event-is-message",
    "python/netstring-following-dropped",
    "python/netstring-following-merged",
    "python/crlf-split-delimiter",
    "python/text-u16-decode-per-read",
    "python/blocks-u32-empty-block-refused",
)
_TIMES = 10


def measure() -> Iterator[Figure]:
    """The slowest of the commonest ten, and one with the machine loaded."""
    testing, naming = zip(*map(_seconds, _COMMONEST), strict=True)
    yield Figure(name="slowest name of the commonest ten", measured=max(testing), unit="s", relation="<=", bound=5)
    yield Figure(name="slowest naming of the commonest ten", measured=max(naming), unit="s", relation="<=", bound=1)
    alone = {name: _findings(name) for name in _COMMONEST[:5]}
    with _busy_processor():
        same = sum({name: _findings(name) for name in alone} == alone for _ in range(_TIMES))
    yield Figure(
        name="runs with the same findings on a loaded machine", measured=same, unit="", relation="==", bound=10
    )


def _seconds(name: str) -> tuple[float, float]:
    """How long all trials and the naming took, and the naming alone."""
    run, check = _run(name)
    assert run.findings, f"{name}: nothing was found"
    return run.trials.seconds + check.further_seconds + check.naming_seconds, check.naming_seconds


def _findings(name: str) -> tuple[tuple[str, str], ...]:
    run, _ = _run(name)
    return tuple((finding.code, finding.certainty) for finding in run.findings)


def _run(name: str) -> tuple[Run, Check]:
    implementation = bundled(name)
    codec = codec_of(implementation.manifest.spec)
    facts = ImplementationFacts(name=name, role=implementation.manifest.role, command=())
    subject = Subject(facts=facts, target=(name,), expect=None, policies={}, patience=Patience())
    form = (
        None
        if implementation.replies_on_connection and codec.spec.reply != "transcript"
        else implementation.transcript_form
    )
    plan = plan_for(codec, load_profile("quick"), Traits(transcript=form))
    with instances_of(implementation, has_transcript=form is not None) as instances:
        check = Check(plan, subject, instances)
        *_, last = check.events()
    assert isinstance(last, RunFinished)
    return last.run, check


@contextmanager
def _busy_processor() -> Iterator[None]:
    busy = multiprocessing.Process(target=_spin, daemon=True)
    busy.start()
    try:
        yield
    finally:
        busy.kill()
        busy.join()


def _spin() -> None:
    while True:
        pass
