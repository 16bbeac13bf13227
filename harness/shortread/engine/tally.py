"""Counts what the trials of a run came to, and keeps those that failed, with a few that did not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shortread.engine.coverage import coverage_of
from shortread.engine.plan import Family, Plan
from shortread.evidence import Evidence, Proof
from shortread.results import BoundaryCounts, Coverage, FamilyCounts, Status, Trial, TrialCounts
from shortread.stream import Conversation, Kind

_Key = tuple[str, str]
_KEPT_OF_A_FAMILY = 8
_SHORT_BYTES = 4096


@dataclass(slots=True)
class Tally:
    """What has been run so far. Of those that passed a few are kept of each family: memory does not grow with them."""

    plan: Plan
    seconds: float = 0.0
    failed: list[Trial] = field(default_factory=list)
    passed: list[Trial] = field(default_factory=list)
    doubt: str = ""
    """Which trial was the first to be inconclusive, and why."""
    _statuses: defaultdict[_Key, Counter[Status]] = field(default_factory=lambda: defaultdict(Counter))
    _proofs: Counter[Proof] = field(default_factory=Counter)
    _cuts: dict[str, bytearray] = field(default_factory=dict)
    _planned: dict[_Key, int] = field(init=False)

    def __post_init__(self) -> None:
        self._planned = {
            (family.conversation.name, family.fault): len(family.schedules) for family in self.plan.families
        }

    def add(self, trial: Trial) -> None:
        """Count a finished trial."""
        counter = self._statuses[trial.conversation.name, trial.fault]
        counter[trial.verdict.status] += 1
        if trial.verdict.status is Status.PASS and self._is_kept(trial, counter[Status.PASS]):
            self.passed.append(trial)
        if trial.verdict.status is Status.FAIL:
            self.failed.append(trial)
        if trial.verdict.status is Status.INCONCLUSIVE:
            self._note_doubt(trial, "")
        for evidence in (trial.evidence, *trial.evidence.others):
            self._add_evidence(trial.conversation, evidence)

    def reclassify(self, trial: Trial, status: Status) -> None:
        """Count a failed trial as something else: its failure did not repeat."""
        self.failed.remove(trial)
        if status is Status.INCONCLUSIVE:
            self._note_doubt(trial, "it failed, and did not when it was run again: ")
        counter = self._statuses[trial.conversation.name, trial.fault]
        counter[Status.FAIL] -= 1
        counter[status] += 1

    @property
    def finished(self) -> int:
        """How many trials have been run."""
        return sum(counter.total() for counter in self._statuses.values())

    def trial_counts(self) -> TrialCounts:
        """The counts of the whole run."""
        by = self.family_counts()
        return TrialCounts(
            planned=sum(family.planned for family in by),
            run=sum(family.run for family in by),
            passed=sum(family.passed for family in by),
            failed=sum(family.failed for family in by),
            inconclusive=sum(family.inconclusive for family in by),
            not_run=sum(family.not_run for family in by),
            seconds=round(self.seconds, 3),
        )

    def family_counts(self) -> tuple[FamilyCounts, ...]:
        """The counts of each conversation under each fault, in the order of the plan."""
        return tuple(map(self._count_family, self.plan.families))

    def by_fault(self, trials: Iterable[Trial]) -> dict[str, tuple[int, int]]:
        """For each fault of these trials: how many of them there are, and how many of that fault were run."""
        chosen = Counter(trial.fault for trial in trials)
        run = Counter[str]()
        for (_, fault), counter in self._statuses.items():
            run[fault] += counter.total()
        return {fault: (count, run[fault]) for fault, count in chosen.items()}

    def boundary_counts(self) -> BoundaryCounts:
        """How many boundaries were proven, and how."""
        return BoundaryCounts(**{proof.value: self._proofs[proof] for proof in Proof})

    def coverage(self) -> Coverage:
        """Which offsets were cut with proof, of all that exist."""
        conversations = {family.conversation.name: family.conversation for family in self.plan.families}
        return coverage_of(
            [
                (conversation.stream, self._cuts.get(name, b""))
                for name, conversation in conversations.items()
                # A giant is sent to see who waits, and would make a whole of next to nothing.
                if conversation.kind is not Kind.HOSTILE
            ]
        )

    def _is_kept(self, trial: Trial, number: int) -> bool:
        """Whether it is one of the few, spread over its family; of long streams, one is enough."""
        planned = self._planned.get((trial.conversation.name, trial.fault), 1)
        most = _KEPT_OF_A_FAMILY if len(trial.conversation.stream.wire) <= _SHORT_BYTES else 1
        return (number - 1) % (planned // most + 1) == 0

    def _note_doubt(self, trial: Trial, prefix: str) -> None:
        reasons = [reason.text for reason in (trial.verdict.replies, trial.verdict.ending) if reason is not None]
        self.doubt = self.doubt or f"{trial.conversation.name}@{trial.schedule}: {prefix}{'; '.join(reasons)}"

    def _add_evidence(self, conversation: Conversation, evidence: Evidence) -> None:
        for boundary in evidence.boundaries:
            self._proofs[boundary.proof] += boundary.count
            if boundary.proof in (Proof.READ, Proof.SETTLED):
                is_cut = self._cuts.setdefault(conversation.name, bytearray(len(conversation.stream.wire) + 1))
                places = boundary.offsets
                is_cut[places.start : places.stop : places.step] = b"\1" * len(places)

    def _count_family(self, family: Family) -> FamilyCounts:
        counter = self._statuses[family.conversation.name, family.fault]
        planned, run = len(family.schedules), counter.total()
        return FamilyCounts(
            conversation=family.conversation.name,
            fault=family.fault,
            planned=planned,
            run=run,
            passed=counter[Status.PASS],
            failed=counter[Status.FAIL],
            inconclusive=counter[Status.INCONCLUSIVE],
            not_run=planned - run,
        )
