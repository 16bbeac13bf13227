"""What a check found, in the form in which it is stored: trials, verdicts, findings, runs, and the events of a run.

The dataclasses below `Results` are the results file: one field for each key, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from shortread.evidence import Evidence
from shortread.schedule import Schedule
from shortread.stream import Conversation


class Status(StrEnum):
    """What became of a trial. Nothing turns one into another afterwards, but for a confirmation that fails."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not-run"
    UNSUPPORTED = "unsupported"
    ERROR = "error"


class Symptom(StrEnum):
    """How the evidence differs from the expectation."""

    MISSING_REPLY = "missing-reply"
    WRONG_REPLY = "wrong-reply"
    EXTRA_REPLY = "extra-reply"
    EARLY_REPLY = "early-reply"
    WITHHELD_REPLY = "withheld-reply"
    MALFORMED_REPLY = "malformed-reply"
    CLOSED_EARLY = "closed-early"
    RESET = "reset"
    NEVER_CLOSED = "never-closed"
    SPIN = "spin"
    DIED = "died"
    DEAD_AFTERWARDS = "dead-afterwards"
    LEAK = "leak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a trial failed, or why it is inconclusive: what kind of difference, and one sentence about it."""

    symptom: Symptom | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the evidence of one trial compares with the expectation; replies and ending are judged separately."""

    status: Status
    replies: Reason | None = None
    ending: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One conversation under one schedule.

    `predecessor` is the trial before it on the same instance, kept where the instance did not survive.
    """

    conversation: Conversation
    fault: str
    schedule: Schedule
    verdict: Verdict
    evidence: Evidence
    predecessor: Trial | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplementationFacts:
    """What was tested; `command` is as the manifest has it, with its placeholders."""

    name: str
    role: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCounts:
    """How many trials came to what. `seconds` is their time with judging, without start-up and confirmation."""

    planned: int = 0
    run: int = 0
    passed: int = 0
    failed: int = 0
    inconclusive: int = 0
    not_run: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyCounts:
    """The same for one conversation under one fault."""

    conversation: str
    fault: str
    planned: int = 0
    run: int = 0
    passed: int = 0
    failed: int = 0
    inconclusive: int = 0
    not_run: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryCounts:
    """How many boundaries were proven, and how."""

    settled: int = 0
    read: int = 0
    assumed: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Offsets at which a stream was cut and the cut was proven, of all that exist; and the same by place."""

    offsets_cut: int = 0
    offsets: int = 0
    structure: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameMark:
    """One field of one frame, as a drawing needs it: stream offsets `start` to `end` (exclusive)."""

    frame: int
    name: str
    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingEvidence:
    """The smallest failing trial.

    `replay` is its id, `segments` the octets of each segment in hexadecimal, `expected` and `observed` one line
    for each reply, `ended` what the implementation did at the end, `marks` where the fields of the frames lie.
    """

    replay: str
    segments: tuple[str, ...]
    expected: tuple[str, ...]
    observed: tuple[str, ...]
    ended: str
    marks: tuple[FrameMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A mistake that explains failing trials: `explains` of the `of` trials that failed.

    `families` maps each fault to the failed and the run trials of that family which this finding is about.
    """

    code: str
    name: str
    certainty: Literal["exact", "probable", "unexplained"]
    explains: int
    of: int
    also: tuple[str, ...]
    summary: str
    families: Mapping[str, tuple[int, int]]
    evidence: FindingEvidence
    reproduce: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One implementation against one spec. `not_applicable` are faults that the spec has no place for.

    `verdict` is `pass`, `fail`, `inconclusive` or `error`. `expect` holds the codes that the manifest says must
    be found and no others; None where it says nothing.
    """

    implementation: ImplementationFacts
    spec: str
    verdict: Status
    reason: str
    gate: str
    isolation: str
    policies: Mapping[str, str]
    trials: TrialCounts
    by: tuple[FamilyCounts, ...] = ()
    boundaries: BoundaryCounts = BoundaryCounts()
    coverage: Coverage = Coverage()
    findings: tuple[Finding, ...] = ()
    not_applicable: tuple[str, ...] = ()
    expect: tuple[str, ...] | None = None
    evidence_file: str | None = None

    @property
    def is_as_expected(self) -> bool:
        """Whether the findings are exactly the expected ones, or there is none where nothing is expected."""
        if self.verdict is Status.ERROR:
            return False
        return sorted(finding.code for finding in self.findings) == sorted(self.expect or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The results file. Two runs with one seed give the same document apart from durations."""

    format: Literal["shortread-results"] = "shortread-results"
    version: Literal[1] = 1
    tool: str
    seed: int
    profile: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The trials of an implementation are about to begin."""

    implementation: ImplementationFacts
    spec: str
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialsFinished:
    """So many trials of the current run are behind us, and so many of them failed."""

    finished: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """An implementation is done."""

    run: Run


Event: TypeAlias = RunStarted | TrialsFinished | RunFinished
