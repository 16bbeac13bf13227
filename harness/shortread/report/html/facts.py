"""What else is known of a run: how it was run, what was proven, what was covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shortread.report.amounts import amounts
from shortread.results import BoundaryCounts, Run, TrialCounts


def facts_of(run: Run) -> list[tuple[str, str]]:
    """A word for each fact, and the fact; only facts that the results have."""
    return [(word, fact) for word, fact in _facts(run) if fact]


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    yield "command", " ".join(run.implementation.command)
    yield "role", run.implementation.role
    yield "trials", _trials(run.trials)
    yield "gate", run.gate
    yield "isolation", run.isolation
    yield "policies", ", ".join(f"{name}: {policy}" for name, policy in run.policies.items()) or "none needed"
    yield "boundaries", _boundaries(run.boundaries)
    yield "offsets cut", _share(run.coverage.offsets_cut, run.coverage.offsets)
    yield "by place", _places(run.coverage.structure)
    yield "does not apply", ", ".join(run.not_applicable)
    yield "expected", ", ".join(run.expect) or "no findings" if run.expect is not None else ""
    yield "evidence", run.evidence_file or ""


def _trials(trials: TrialCounts) -> str:
    counts = {
        "planned": trials.planned,
        "run": trials.run,
        "passed": trials.passed,
        "failed": trials.failed,
        "inconclusive": trials.inconclusive,
        "not run": trials.not_run,
    }
    return f"{amounts(counts)}; {trials.seconds:,.1f} s"


def _boundaries(counts: BoundaryCounts) -> str:
    return amounts(
        {
            "seen settled": counts.settled,
            "seen read": counts.read,
            "assumed": counts.assumed,
            "merged": counts.merged,
        }
    )


def _places(structure: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{place} {_share(cut, of)}" for place, (cut, of) in structure.items())


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if whole else ""
