"""Checks one implementation against one spec: plan, run, confirm, report as events."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shortread.engine.confirmation import confirm
from shortread.engine.exhibit import finding_for
from shortread.engine.findings import UNSTABLE, cause_of, group_by_cause, precedence
from shortread.engine.instances import Instances
from shortread.engine.naming import Confirmed, Named, Naming, key_of
from shortread.engine.plan import BASELINE_FAULT, Family, Plan
from shortread.engine.tally import Tally
from shortread.engine.trials import TrialRunner, is_slow
from shortread.errors import ImplementationError, UnsupportedError
from shortread.evidence import Proof
from shortread.judge.verdict import PROVEN
from shortread.results import (
    Event,
    Finding,
    ImplementationFacts,
    Run,
    RunFinished,
    RunStarted,
    Status,
    Trial,
    TrialsFinished,
)
from shortread.schedule import Schedule
from shortread.wire.opening import ConnectError
from shortread.wire.patience import Patience

_SLOW_FAILURES_PER_FAULT = 3
"""After so many failures that had to be waited for, the rest of a fault's trials are left out."""
_SLOW_FAILURES = 8
"""After so many in all, one is enough for each further fault."""

_FURTHER_DELIVERIES = 2
"""How often a trial is delivered again in which two segments were merged: on a loaded machine that is chance."""
_PROGRESS_EVERY_TRIALS = 25
_REPLY_TIMES = 3
_SHORTEST_PAUSE_SECONDS = 0.002
"""Between two segments where the kernel cannot be asked: so many times what a whole reply takes, but no less."""
_TIMES_TO_SEE_WHETHER_IT_IS_STABLE = 8
_FEWEST_OF_BOTH = 2
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is checked: facts for the report, what the manifest expects, how patient to be.

    `target` are the words that name it on the command line.
    """

    facts: ImplementationFacts
    target: tuple[str, ...]
    expect: tuple[str, ...] | None
    policies: Mapping[str, str]
    patience: Patience
    isolation: str = "none"


class Check:
    """One check. Iterate over `events()` once; the last event holds the run.

    Interrupted by KeyboardInterrupt, it ends with a run of what was finished, whose `reason` is `INTERRUPTED`.
    When `time_limit_seconds` are over no further trial begins; what was seen until then is still confirmed.
    `naming_seconds` is how long it took to name what was found, and `further_seconds` how long the deliveries took that
    were tried for it.
    """

    def __init__(
        self,
        plan: Plan,
        subject: Subject,
        instances: Instances,
        *,
        time_limit_seconds: float | None = None,
        accepted: frozenset[Proof] = PROVEN,
    ) -> None:
        self._plan = plan
        self._subject = subject
        self._instances = instances
        self._time_limit_seconds = time_limit_seconds
        self._is_out_of_time = False
        self._gate = "kernel"
        self._runner = TrialRunner(instances, plan.health_check, accepted=accepted)
        self._families = {(family.conversation.name, family.fault): family for family in plan.families}
        self._patience = subject.patience
        self._tally = Tally(plan)
        self._has_asked_for_patience = False
        self.naming_seconds = 0.0
        self.further_seconds = 0.0

    def events(self) -> Iterator[Event]:
        """Run everything; the implementation's processes are ended when this ends, however it ends."""
        subject = self._subject
        findings: tuple[Finding, ...] = ()
        reason = ""
        try:
            yield RunStarted(
                implementation=subject.facts, spec=self._plan.codec.spec.protocol, planned=self._plan.trial_count
            )
            with self._instances:
                if not self._plan.families:
                    raise UnsupportedError("none of the trials that were selected are for it")
                self._find_gate()
                yield from self._run_trials()
                findings = self._confirmed_findings()
                self._instances.check_output()
            verdict = self._verdict(findings)
        except UnsupportedError as failure:
            verdict, reason = Status.UNSUPPORTED, str(failure)
        except ImplementationError as failure:
            verdict, reason = Status.ERROR, str(failure)
        except KeyboardInterrupt:
            verdict, reason = Status.INCONCLUSIVE, INTERRUPTED
        yield RunFinished(run=self._run(verdict, findings, reason))

    def run_without_trials(self, verdict: Status, reason: str) -> Run:
        """The run of an implementation that was not even started; `reason` says why."""
        return self._run(verdict, (), reason)

    def _run_trials(self) -> Iterator[Event]:
        slow_failures: defaultdict[str, list[Trial]] = defaultdict(list)
        began = time.monotonic()
        for family in self._plan.families:
            if family.oracle.is_learning and family.fault != BASELINE_FAULT:
                # Nothing is known of the conversation that it could be compared with.
                continue
            failures = slow_failures[family.fault]
            for schedule in family.schedules:
                if self._time_limit_seconds is not None and time.monotonic() - began >= self._time_limit_seconds:
                    self._is_out_of_time = True
                    return
                are_many = sum(map(len, slow_failures.values())) >= _SLOW_FAILURES
                if len(failures) >= (1 if are_many else _SLOW_FAILURES_PER_FAULT):
                    if not self._was_impatient(failures):
                        break
                    failures.clear()
                trial = self._proven(family, schedule)
                self._tally.add(trial)
                if trial.verdict.status is Status.FAIL and is_slow(trial.evidence):
                    failures.append(trial)
                if self._tally.finished % _PROGRESS_EVERY_TRIALS == 0:
                    yield TrialsFinished(finished=self._tally.finished, failed=len(self._tally.failed))
            self._instances.check_output()

    def _find_gate(self) -> None:
        """Where it is in doubt whether the kernel can be asked what was read, find out how long a reply takes."""
        if not self._instances.may_need_time:
            return
        try:
            seconds = self._runner.reply_seconds()
        except ConnectError:
            return
        if not self._instances.link.asks_kernel:
            pause_seconds = max(_SHORTEST_PAUSE_SECONDS, _REPLY_TIMES * seconds)
            self._instances.calibrate(pause_seconds)
            self._gate = f"timed, {pause_seconds * 1000:.1f} ms"
        self._runner.start_afresh()

    def _proven(self, family: Family, schedule: Schedule) -> Trial:
        """A trial, delivered again where the kernel could not show that every segment was read apart from the next."""
        trial = self._timed(family, schedule)
        for _ in range(_FURTHER_DELIVERIES):
            if trial.verdict.status is not Status.INCONCLUSIVE or self._gate != "kernel":
                break
            trial = self._timed(family, schedule)
        return trial

    def _timed(self, family: Family, schedule: Schedule) -> Trial:
        starting = self._instances.start_seconds
        began = time.perf_counter()
        trial = self._runner.run(family, schedule, self._patience)
        self._tally.seconds += time.perf_counter() - began - (self._instances.start_seconds - starting)
        return trial

    def _confirmed_findings(self) -> tuple[Finding, ...]:
        """A finding for each mistake whose failure shows again; failures of others count as inconclusive."""
        confirmed = self._confirmed()
        if not confirmed:
            return ()
        began = time.perf_counter()
        named = Naming(self._plan, self._tally.passed, self._run_timed).names(confirmed)
        self.naming_seconds = time.perf_counter() - began - self.further_seconds
        return tuple(self._finding(one, confirmed) for one in named)

    def _confirmed(self) -> dict[str, Confirmed]:
        """The failures that show again, by the code that each shows by itself."""
        confirmed: dict[str, Confirmed] = {}
        for shown, group in group_by_cause(self._tally.failed).items():
            trials = group
            outcome = confirm(trials, self._run_again)
            if outcome.trial is None and any(is_slow(trial.evidence) for trial in trials):
                trials = self._still_failing(trials)
                outcome = confirm(trials, self._run_again)
            unconfirmed = outcome.unrepeated if outcome.trial else trials
            unstable = self._unstable(unconfirmed)
            if unstable is not None:
                confirmed[UNSTABLE] = unstable
            for trial in unconfirmed:
                if unstable is None or trial is not unstable.trials[0]:
                    self._tally.reclassify(trial, Status.INCONCLUSIVE)
            if outcome.trial is not None:
                # Full patience sees more: what looked blocked in the first instant may turn out to spin.
                code = self._code_of(outcome.trial)
                repeated = [trial for trial in trials if trial not in unconfirmed]
                others = repeated[1:] if code != shown else []
                again = confirm(others, self._run_again).trial
                if again is not None and self._code_of(again) == shown:
                    # Only the one that was tried first shows something else by now.
                    _add(confirmed, shown, again, others)
                    repeated = repeated[:1]
                _add(confirmed, code, outcome.trial, repeated)
        return {code: confirmed[code] for code in sorted(confirmed, key=precedence)}

    def _code_of(self, trial: Trial) -> str:
        return cause_of(trial, self._tally.failed).code

    def _unstable(self, unconfirmed: Sequence[Trial]) -> Confirmed | None:
        """A failure that comes and goes: one delivery, proven each time, that fails twice and passes twice."""
        trial = next((trial for trial in unconfirmed if not is_slow(trial.evidence)), None)
        if trial is None:
            return None
        family = self._family_of(trial)
        statuses = Counter(
            self._run_further(family, trial.schedule).verdict.status for _ in range(_TIMES_TO_SEE_WHETHER_IT_IS_STABLE)
        )
        if min(statuses[Status.FAIL], statuses[Status.PASS]) < _FEWEST_OF_BOTH:
            return None
        return Confirmed(trial=trial, trials=(trial,))

    def _run_further(self, family: Family, schedule: Schedule) -> Trial:
        """One more delivery, which counts in no family."""
        return self._runner.run(family, schedule, self._patience.full)

    def _run_timed(self, family: Family, schedule: Schedule) -> Trial:
        began = time.perf_counter()
        trial = self._run_further(family, schedule)
        self.further_seconds += time.perf_counter() - began
        return trial

    def _run_again(self, trial: Trial) -> Trial:
        self._runner.start_afresh()
        return self._runner.run(self._family_of(trial), trial.schedule, self._patience.full, is_thorough=True)

    def _was_impatient(self, failures: Sequence[Trial]) -> bool:
        """Whether failures that had to be waited for vanish with more patience. Asked once: the answer costs time."""
        if self._has_asked_for_patience:
            return False
        self._has_asked_for_patience = True
        first = failures[0]
        again = self._runner.run(self._family_of(first), first.schedule, self._patience.widened)
        return again.verdict.status is not Status.FAIL and not self._still_failing(failures)

    def _still_failing(self, trials: Sequence[Trial]) -> list[Trial]:
        """Run trials again that were given up too early: the implementation is slow, and that is not its fault."""
        self._patience = self._patience.widened
        failing = []
        for trial in trials:
            again = self._timed(self._family_of(trial), trial.schedule)
            if again.verdict.status is Status.FAIL:
                failing.append(trial)
            else:
                self._tally.reclassify(trial, again.verdict.status)
        return failing

    def _family_of(self, trial: Trial) -> Family:
        return self._families[trial.conversation.name, trial.fault]

    def _finding(self, named: Named, confirmed: Mapping[str, Confirmed]) -> Finding:
        shown = self._shown(named, confirmed)
        return finding_for(
            named,
            shown,
            self._family_of(shown).oracle,
            failed_count=len(self._tally.failed),
            families=self._tally.by_fault(named.trials),
            target=self._subject.target,
        )

    def _shown(self, named: Named, confirmed: Mapping[str, Confirmed]) -> Trial:
        """The smallest of its trials that was seen again."""
        seen = {key_of(group.trial): group.trial for group in confirmed.values()}
        smallest = named.trials[0]
        if key_of(smallest) in seen:
            return seen[key_of(smallest)]
        again = confirm(named.trials, self._run_again).trial
        if again is not None:
            return again
        return next((seen[key_of(trial)] for trial in named.trials if key_of(trial) in seen), smallest)

    def _verdict(self, findings: Sequence[Finding]) -> Status:
        if findings:
            return Status.FAIL
        counts = self._tally.trial_counts()
        return Status.INCONCLUSIVE if counts.inconclusive or counts.not_run else Status.PASS

    def _run(self, verdict: Status, findings: tuple[Finding, ...], reason: str) -> Run:
        return Run(
            implementation=self._subject.facts,
            spec=self._plan.codec.spec.protocol,
            verdict=verdict,
            reason=reason or self._what_was_left_out(),
            gate=self._gate,
            isolation=self._subject.isolation,
            policies=self._subject.policies,
            trials=self._tally.trial_counts(),
            by=self._tally.family_counts(),
            boundaries=self._tally.boundary_counts(),
            coverage=self._tally.coverage(),
            findings=findings,
            expect=self._subject.expect,
            not_applicable=self._plan.not_applicable,
        )

    def _what_was_left_out(self) -> str:
        left_out = Counter[str]()
        for counts in self._tally.family_counts():
            left_out[counts.fault] += counts.not_run
        if self._gate != "kernel" and self._tally.trial_counts().inconclusive:
            return "nobody knows here when a segment was read; --accept-assumed lets the time that passed count"
        if self._is_out_of_time:
            return f"{left_out.total()} trials left out when the time limit of {self._time_limit_seconds:g} s was over"
        if self._tally.trial_counts().inconclusive:
            return self._tally.doubt
        return "; ".join(
            f"{count} trials of {fault} left out after failures that had to be waited for"
            for fault, count in left_out.items()
            if count
        )


def _add(confirmed: dict[str, Confirmed], code: str, trial: Trial, trials: Sequence[Trial]) -> None:
    """Failures that belong to a code, beside those that are known to; the first that was seen again stays."""
    known = confirmed.get(code)
    confirmed[code] = Confirmed(
        trial=known.trial if known else trial, trials=(*(known.trials if known else ()), *trials)
    )
