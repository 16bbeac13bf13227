"""What a run comes to once its verdict is held against what its manifest expects."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from shortread.results import Run, Status


class Outcome(StrEnum):
    """What a run comes to, in the words that follow a number of runs."""

    CONFORMS = "conforming"
    AS_EXPECTED = "as expected"
    FINDINGS = "with findings"
    UNMET = "not as expected"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not run"
    UNSUPPORTED = "unsupported"
    ERROR = "could not be run"

    @property
    def is_settled(self) -> bool:
        """Whether nobody has to look at the run."""
        return self in (Outcome.CONFORMS, Outcome.AS_EXPECTED)


SIGNS: Mapping[Outcome, tuple[str, str]] = MappingProxyType(
    {
        Outcome.CONFORMS: ("✓", "pass"),
        Outcome.AS_EXPECTED: ("✓", "pass"),
        Outcome.FINDINGS: ("✗", "fail"),
        Outcome.UNMET: ("✗", "fail"),
        Outcome.INCONCLUSIVE: ("?", "doubt"),
        Outcome.NOT_RUN: ("–", "doubt"),
        Outcome.UNSUPPORTED: ("–", "doubt"),
        Outcome.ERROR: ("!", "error"),
    }
)
"""The sign of an outcome, and the state that chooses its colour."""

_BY_VERDICT: Mapping[Status, Outcome] = {
    Status.PASS: Outcome.CONFORMS,
    Status.FAIL: Outcome.FINDINGS,
    Status.INCONCLUSIVE: Outcome.INCONCLUSIVE,
    Status.NOT_RUN: Outcome.NOT_RUN,
    Status.UNSUPPORTED: Outcome.UNSUPPORTED,
    Status.ERROR: Outcome.ERROR,
}


def outcome_of(run: Run) -> Outcome:
    """What could not be run comes first, then the manifest's expectation where there is one, then the verdict."""
    if run.verdict in (Status.ERROR, Status.NOT_RUN, Status.UNSUPPORTED) or run.expect is None:
        return _BY_VERDICT[run.verdict]
    if not run.is_as_expected:
        return Outcome.UNMET
    return Outcome.AS_EXPECTED if run.expect else _BY_VERDICT[run.verdict]


def expectation_of(run: Run) -> str:
    """The expected codes and the found ones, as `expected SR201, found nothing`."""
    return f"expected {_codes(run.expect or ())}, found {_codes([finding.code for finding in run.findings])}"


def _codes(codes: tuple[str, ...] | list[str]) -> str:
    return ", ".join(codes) or "nothing"
