"""Results to make reports of; a test that asks for `sample` is run with each of them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shortread.evidence import Ending
from shortread.results import (
    BoundaryCounts,
    Coverage,
    FamilyCounts,
    Finding,
    FindingEvidence,
    FrameMark,
    ImplementationFacts,
    Results,
    Run,
    Status,
    TrialCounts,
)

GOLDEN = Path(__file__).parent / "golden"

Field = tuple[str, str, bytes]


@dataclass(frozen=True)
class Sample:
    """Results and the name that their golden files have."""

    name: str
    results: Results


def netstring(message: bytes) -> list[Field]:
    """The fields of one netstring."""
    return [
        ("length", "length", b"%d" % len(message)),
        ("':'", "delimiter", b":"),
        ("data", "body", message),
        ("','", "delimiter", b","),
    ]


def prefixed(message: bytes) -> list[Field]:
    """The fields of a message behind a length of two octets."""
    return [("length", "length", len(message).to_bytes(2, "big")), ("body", "body", message)]


def trial(
    frames: Sequence[list[Field]],
    schedule: str,
    *,
    expected: Sequence[str],
    observed: Sequence[str],
    ended: str = Ending.WAITING,
    conversation: str = "netstring/ordinary/3",
) -> FindingEvidence:
    """The evidence of frames that were sent by a schedule."""
    marks, stream = [], b""
    for frame, fields in enumerate(frames):
        for name, role, octets in fields:
            start, stream = len(stream), stream + octets
            marks.append(FrameMark(frame=frame, name=name, role=role, start=start, end=len(stream)))
    words = schedule.split()
    ranges = [words[at + 1].split("..") for at, word in enumerate(words) if word == "send"]
    return FindingEvidence(
        replay=f"{conversation}@{schedule}",
        segments=tuple(stream[int(start) : int(end)].hex() for start, end in ranges),
        expected=tuple(expected),
        observed=tuple(observed),
        ended=ended,
        marks=tuple(marks),
    )


def finding(evidence: FindingEvidence, **changes: object) -> Finding:
    """A finding with that evidence; a dropped message unless it is changed."""
    made = Finding(
        code="SR201",
        name="dropped-following-message",
        certainty="exact",
        explains=31,
        of=31,
        also=(),
        summary="Octets that follow a message in the same read are thrown away.",
        families={"together": (2, 2), "held": (16, 120), "every-cut": (13, 43)},
        evidence=evidence,
        reproduce=("shortread", "replay", evidence.replay, "implementations/python/echo"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def run(verdict: Status, *findings: Finding, **changes: object) -> Run:
    """A run of 430 trials with these findings."""
    failed = sum(each.explains for each in findings)
    families = (
        FamilyCounts(conversation="ordinary/3", fault="whole", planned=2, run=2, passed=2),
        *(
            FamilyCounts(conversation="ordinary/3", fault=fault, planned=of, run=of, passed=of - bad, failed=bad)
            for each in findings
            for fault, (bad, of) in each.families.items()
        ),
        FamilyCounts(conversation="ordinary/4", fault="pauses", planned=43, run=40, passed=40, not_run=3),
    )
    made = Run(
        implementation=ImplementationFacts(
            name="echo in Python", role="server", command=("python3", "echo.py", "{port}")
        ),
        spec="netstring",
        verdict=verdict,
        reason="",
        gate="kernel",
        isolation="none",
        policies={"max_message_bytes": "assumed"},
        trials=TrialCounts(planned=430, run=430, passed=430 - failed, failed=failed, seconds=0.9),
        by=families,
        boundaries=BoundaryCounts(settled=62, read=1204),
        coverage=Coverage(offsets_cut=43, offsets=43, structure={"inside-length": (6, 6)}),
        findings=findings,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def results(*runs: Run) -> Results:
    """A document of these runs."""
    return Results(tool="shortread 0.1.0", seed=0, profile="standard", runs=runs)


def named(name: str) -> ImplementationFacts:
    """An implementation of that name."""
    return ImplementationFacts(name=name, role="server", command=("./server", "{port}"))


def passing() -> Results:
    """A run without findings."""
    return results(run(Status.PASS, reason="every trial passed"))


def together() -> Results:
    """Two messages in one segment, of which the second is dropped."""
    return results(run(Status.FAIL, finding(_together())))


def _together() -> FindingEvidence:
    return trial(
        [netstring(b"hello"), netstring(b"foo")],
        "send 0..14 await-reply",
        expected=["'hello'", "'foo'"],
        observed=["'hello'"],
    )


def inside_length() -> Results:
    """A cut inside a length of two octets."""
    evidence = trial(
        [prefixed("naïve €".encode()), prefixed(b"ok")],
        "send 0..1 read send 1..16 await-reply",
        expected=["'naïve €'", "'ok'"],
        observed=[],
        ended=Ending.CLOSED_EARLY,
        conversation="text-u16/ordinary/2",
    )
    partial = finding(
        evidence,
        code="SR101",
        name="partial-header-read",
        certainty="probable",
        explains=12,
        of=18,
        also=("SR107",),
        summary="A length of fixed size is taken from one read, as if a read always gave all of it.",
        families={"one-byte": (4, 4), "every-cut": (8, 96)},
    )
    return results(run(Status.FAIL, partial, spec="text-u16"))


def half_close() -> Results:
    """The end of the stream inside a message, and a spin."""
    evidence = trial(
        [netstring(b"hello"), netstring(b"world")],
        "send 0..8 await-reply send 8..12 half-close",
        expected=["'hello'"],
        observed=["'hello'"],
        ended=Ending.SPINNING,
    )
    spin = finding(
        evidence,
        code="SR302",
        name="spin-at-end",
        explains=7,
        of=7,
        summary="After the end of the stream the loop reads on without end: every read gives nothing at once.",
        families={"close": (7, 14)},
    )
    return results(run(Status.FAIL, spin))


def long_message() -> Results:
    """A message of 64 KiB that is cut once."""
    message = b"x" * 65_535
    evidence = trial(
        [prefixed(message), prefixed(b"ok")],
        "send 0..40000 read send 40000..65541 await-reply",
        expected=[repr(message.decode()), "'ok'"],
        observed=[repr("x" * 39_998)],
        conversation="text-u16/boundary/7",
    )
    cut = finding(
        evidence,
        code="SR102",
        name="partial-body-read",
        explains=18,
        of=18,
        summary="The body is taken from one read.",
        families={"structure": (3, 9), "every-cut": (15, 112)},
    )
    return results(run(Status.FAIL, cut, spec="text-u16"))


def one_byte() -> Results:
    """Many cuts, many frames, lines of text."""
    frames = [[("line", "body", b"GET /%d HTTP" % at), ("end", "delimiter", b"\r\n")] for at in range(9)]
    size = sum(len(octets) for fields in frames for _, _, octets in fields)
    schedule = " read ".join(f"send {at}..{at + 1}" for at in range(size)) + " await-reply"
    evidence = trial(
        frames,
        schedule,
        expected=[f"'GET /{at} HTTP'" for at in range(9)],
        observed=[f"'GET /{at} HTTP'" for at in range(6)] + ["'GET /6 HTT'", "'GET /7 HTTP'"],
        conversation="delimited-crlf/ordinary/1",
    )
    unknown = finding(
        evidence,
        code="SR003",
        name="unexplained-dependence",
        certainty="unexplained",
        explains=1,
        of=1,
        summary="The replies depend on where the stream is cut, and no known mistake predicts how.",
        families={"one-byte": (1, 4)},
    )
    return results(run(Status.FAIL, unknown, spec="delimited-crlf"))


def error() -> Results:
    """An implementation that does not start."""
    reason = (
        "port 20311: nobody listened within 5 s\nstandard error ended with:\n"
        "  \x1b[31mNameError\x1b[0m: name 'sockt' is not defined"
    )
    facts = TrialCounts(planned=430, not_run=430)
    return results(
        run(Status.ERROR, reason=reason, trials=facts, by=(), coverage=Coverage(), implementation=named("ada"))
    )


def nasty() -> Results:
    """Text that would harm a terminal, a table or an XML file."""
    escape = "\x1b]0;owned\x07\x1b[2J]]><script>\x00\x9b31m"
    evidence = trial(
        [[("l\x1b[1m", "length", b"\x00\x1b"), ("\u202eydob", "body", "\x1b[2J日本語👩‍🚀]]>".encode())]],
        "send 0..9 read send 9..29 await-reply",
        expected=["'日本語の長い返事がここにあります' 👩‍🚀 🎉", "e\u0301\u0301\u0301", "same"],
        observed=[escape, "\udcff\ufeff", "same"],
        ended="gone\r\n\x1b[H",
        conversation="n\x1basty/ordinary/1",
    )
    harm = finding(
        evidence, name="un\x1bexplained", summary=escape, families={"every\x07cut": (1, 1)}, explains=1, of=1
    )
    return results(
        run(Status.FAIL, harm, implementation=named("日本語 🎉 \x1b[31m"), reason=escape, expect=("SR\x00",))
    )


def several() -> Results:
    """What a run over several implementations comes to."""
    dropped = finding(_together())
    waiting = TrialCounts(planned=430, run=400, passed=370, inconclusive=30, not_run=30, seconds=124.0)
    return results(
        passing().runs[0],
        run(
            Status.FAIL,
            dropped,
            implementation=named("netstring in Python, following message dropped"),
            expect=("SR201",),
        ),
        run(Status.PASS, implementation=named("cured of it"), expect=("SR201",), reason="SR201 was expected"),
        replace(long_message().runs[0], implementation=named("echo in C")),
        run(
            Status.INCONCLUSIVE,
            implementation=named("far away"),
            trials=waiting,
            reason="30 trials: boundaries assumed",
        ),
        error().runs[0],
    )


SAMPLES: dict[str, Callable[[], Results]] = {
    "passing": passing,
    "together": together,
    "inside-length": inside_length,
    "half-close": half_close,
    "long-message": long_message,
    "one-byte": one_byte,
    "error": error,
    "nasty": nasty,
    "several": several,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample" in metafunc.fixturenames:
        samples = [Sample(name, build()) for name, build in SAMPLES.items()]
        metafunc.parametrize("sample", samples, ids=[sample.name for sample in samples])


@pytest.fixture
def build() -> Callable[[str], Results]:
    """Makes the sample of a name."""
    return lambda name: SAMPLES[name]()


@pytest.fixture
def check_golden() -> Callable[[str, str], None]:
    """Compares a text with a golden file; `UPDATE_GOLDEN=1` writes the file instead, to be looked at."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8", newline="")
        command = shlex.join(["UPDATE_GOLDEN=1", "pytest", "harness/tests/report"])
        assert path.read_bytes().decode() == text, f"if the new {path.name} is right: {command}"

    return check
