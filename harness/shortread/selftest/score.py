"""What was found in one run of a flawed program, and what many of them come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

from shortread.results import Finding, Run

Certainty: TypeAlias = Literal["exact", "probable", "unexplained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One program with one spec. `codes` are the mistakes that it makes, of which one has to be named.

    `best` are the codes of the finding that explains most, that of the mistake first and then those of others that are
    as good; `further` is the code of the finding that explains most behind it. `certainty` is that of the best; None
    where nothing was found. `seconds` is the time of the trials, None where nothing was run. `remark` says what else is
    to be known of it.
    """

    spec: str
    program: str
    codes: tuple[str, ...]
    best: tuple[str, ...]
    further: tuple[str, ...]
    certainty: Certainty | None
    trials: int
    seconds: float | None
    remark: str = ""

    @property
    def is_found(self) -> bool:
        """Whether anything was found at all."""
        return self.certainty is not None

    @property
    def is_named_first(self) -> bool:
        """Whether the first name is right."""
        return self._is_one_of(self.best[:1])

    @property
    def is_named(self) -> bool:
        """Whether the first name is right, or the first that is as good, or that of the next finding."""
        return self._is_one_of((*self.best[:2], *self.further))

    @property
    def is_wrong_exact(self) -> bool:
        """Whether something else was called exact, and the right name not as good."""
        return self.certainty == "exact" and not self._is_one_of((*self.best, *self.further))

    def _is_one_of(self, names: tuple[str, ...]) -> bool:
        return not set(names).isdisjoint(self.codes)


def score_of(run: Run) -> Scored:
    """The score of a run whose implementation `expect`s the codes of its mistakes."""
    # The order of findings decides between two that explain as much.
    best_first = sorted(run.findings, key=lambda finding: -finding.explains)
    return Scored(
        spec=run.spec,
        program=run.implementation.name,
        codes=run.expect or (),
        best=tuple(name for finding in best_first[:1] for name in (finding.code, *finding.also)),
        further=tuple(finding.code for finding in best_first[1:2]),
        certainty=best_first[0].certainty if best_first else None,
        trials=run.trials.run,
        seconds=run.trials.seconds,
        remark=_remark(run, best_first),
    )


def _remark(run: Run, best_first: Sequence[Finding]) -> str:
    if not best_first:
        return f"{run.verdict}: {run.reason}" if run.reason else str(run.verdict)
    return ", ".join(
        f"{'/'.join((finding.code, *finding.also))} {finding.certainty} {finding.explains} of {finding.of}"
        for finding in best_first
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What many programs come to. Times and trials are those of the one in the middle."""

    programs: int
    found: int
    named_first: int
    named: int
    exact: int
    probable: int
    unexplained: int
    wrong_exact: int
    trials: float
    seconds: float | None


def totals_of(scores: Iterable[Scored]) -> Totals:
    """Add them up."""
    each = tuple(scores)
    seconds = [one.seconds for one in each if one.seconds is not None]

    def count(holds: Callable[[Scored], bool]) -> int:
        return sum(map(holds, each))

    return Totals(
        programs=len(each),
        found=count(lambda one: one.is_found),
        named_first=count(lambda one: one.is_named_first),
        named=count(lambda one: one.is_named),
        exact=count(lambda one: one.certainty == "exact"),
        probable=count(lambda one: one.certainty == "probable"),
        unexplained=count(lambda one: one.certainty == "unexplained"),
        wrong_exact=count(lambda one: one.is_wrong_exact),
        trials=median(one.trials for one in each) if each else 0,
        seconds=median(seconds) if seconds else None,
    )


def by_code(scores: Iterable[Scored]) -> Mapping[str, tuple[Scored, ...]]:
    """The scores of each mistake, by its code in order; a program that makes several counts for the first."""
    groups: dict[str, tuple[Scored, ...]] = {}
    for one in sorted(scores, key=lambda one: one.codes[:1]):
        code = one.codes[0] if one.codes else ""
        groups[code] = (*groups.get(code, ()), one)
    return groups
