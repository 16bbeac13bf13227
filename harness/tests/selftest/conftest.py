"""What the tests of the harness's own score share: runs and scores as they may come, and the parts of a small spec."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.plan import Plan, Traits, plan_for
from shortread.faults.profile import load_profile
from shortread.results import Finding, FindingEvidence, ImplementationFacts, Run, Status, TrialCounts
from shortread.selftest.pairs import answering
from shortread.selftest.score import Scored
from shortread.spec.library import specs_folder


@cache
def _codec(protocol: str) -> FrameCodec:
    return load_codec(specs_folder() / f"{protocol}.yaml")


@pytest.fixture(scope="session")
def codec_of() -> Callable[[str], FrameCodec]:
    """`codec_of(protocol)` is that of a spec that ships."""
    return _codec


@pytest.fixture(scope="session")
def plan_of() -> Callable[..., Plan]:
    """`plan_of(protocol)` is what is tried with a flawed server, quickly."""

    @cache
    def make(protocol: str, profile: str = "quick") -> Plan:
        codec = answering(_codec(protocol))
        transcript = "json-lines" if codec.spec.reply == "transcript" else None
        return plan_for(codec, load_profile(profile), Traits(transcript=transcript))

    return make


@pytest.fixture
def found() -> Callable[..., Finding]:
    """`found(code, certainty, explains=N)` is a finding."""

    def make(code: str, certainty: str = "exact", *, also: tuple[str, ...] = (), explains: int = 1) -> Finding:
        return Finding(
            code=code,
            name="",
            certainty=certainty,
            explains=explains,
            of=9,
            also=also,
            summary="",
            families={},
            evidence=FindingEvidence(replay="", segments=(), expected=(), observed=(), ended="", marks=()),
            reproduce=(),
        )

    return make


@pytest.fixture
def run_with() -> Callable[..., Run]:
    """`run_with(*findings, expect=CODES)` is a run."""

    def make(*findings: Finding, expect: tuple[str, ...] | None = ("SR201",), reason: str = "") -> Run:
        return Run(
            implementation=ImplementationFacts(name="flawed", role="server", command=()),
            spec="netstring",
            verdict=Status.FAIL if findings else Status.PASS,
            reason=reason,
            gate="kernel",
            isolation="none",
            policies={},
            trials=TrialCounts(run=187, seconds=0.5),
            findings=findings,
            expect=expect,
        )

    return make


@pytest.fixture
def scored() -> Callable[..., Scored]:
    """`scored(code, *names)` is the score of a program with that mistake."""

    def make(code: str, *names: str, certainty: str | None = "exact", **more: object) -> Scored:
        keys = {"spec": "netstring", "program": f"{code} exact", "trials": 100, "seconds": 1.0, "further": (), **more}
        return Scored(codes=(code,), best=names, certainty=certainty if names else None, **keys)

    return make
