"""One target: what happens while it is checked, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace

from shortread.cli.selection import Predicate
from shortread.cli.targets import Target
from shortread.engine.check import INTERRUPTED, Check
from shortread.engine.plan import Plan
from shortread.engine.stress import STRESSES, not_stressed, whole_ones, with_stressed
from shortread.errors import ImplementationError, UnsupportedError
from shortread.evidence import Proof
from shortread.faults.profile import Profile
from shortread.implementations.shim.library import Shim, ShimUnavailableError, built_shim
from shortread.results import Event, Run, RunFinished, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How everything that was named is checked."""

    profile: Profile
    seed: int
    host: str
    gate: str
    time_limit_seconds: float | None
    accepted: frozenset[Proof]
    selection: Predicate | None
    stress_sends: bool


PlanOf = Callable[[Target], Plan]
"""The plan of a target, when it is needed: a client is known only once it was heard."""


def events_of(target: Target, plan_of: PlanOf, options: Options) -> Generator[Event]:
    """The events of one run, of which the last holds it, interrupted or not. Nothing of it is left running."""
    with closing(_events(target, plan_of, options)) as events:
        for event in events:
            if isinstance(event, RunFinished) and options.selection is not None:
                yield RunFinished(run=_as_far_as_selected(event.run))
            else:
                yield event


def _events(target: Target, plan_of: PlanOf, options: Options) -> Generator[Event]:
    with target.instances(options.seed, host=options.host, gate=options.gate) as instances:

        def check_of(planned: Target, plan: Plan) -> Check:
            return Check(
                plan,
                planned.subject,
                instances,
                time_limit_seconds=options.time_limit_seconds,
                accepted=options.accepted,
            )

        def without_trials(verdict: Status, reason: str) -> RunFinished:
            return RunFinished(run=check_of(target, plan_of(target)).run_without_trials(verdict, reason))

        missing = target.implementation.missing_programs
        if missing:
            yield without_trials(Status.NOT_RUN, f"skipped: {' and '.join(missing)} not installed")
            return
        try:
            target.build()
            prepared = target.prepared(instances)
            plan = plan_of(prepared)
            check = check_of(prepared, plan)
        except UnsupportedError as error:
            yield without_trials(Status.UNSUPPORTED, str(error))
        except ImplementationError as error:
            yield without_trials(Status.ERROR, str(error))
        except KeyboardInterrupt:
            yield without_trials(Status.INCONCLUSIVE, INTERRUPTED)
        else:
            for event in check.events():
                yield _stressed(event, prepared, plan, options) if isinstance(event, RunFinished) else event


def _as_far_as_selected(run: Run) -> Run:
    """The run with those of its expected findings that are there: the others may need trials that were not selected."""
    codes = {finding.code for finding in run.findings}
    return run if run.expect is None else replace(run, expect=tuple(code for code in run.expect if code in codes))


def _stressed(finished: RunFinished, target: Target, plan: Plan, options: Options) -> RunFinished:
    """The run with what came of it when its calls do less than they may, where that was asked for."""
    run = finished.run
    if not (options.stress_sends or target.implementation.manifest.stress_sends) or run.reason == INTERRUPTED:
        return finished
    if target.connect is not None:
        return RunFinished(run=not_stressed(run, "it runs already"))
    if run.verdict is not Status.PASS:
        return RunFinished(run=not_stressed(run, "not everything passes without it"))
    try:
        with built_shim() as shim:
            for stress in STRESSES:
                run = with_stressed(run, stress, lambda schedule: _run_under(schedule, shim, target, plan, options))
    except ShimUnavailableError as error:
        run = not_stressed(run, str(error))
    return RunFinished(run=run)


def _run_under(schedule: str, shim: Shim, target: Target, plan: Plan, options: Options) -> tuple[Run, int]:
    """The run of what is run under stress, and how many calls did less because of the schedule."""
    before = shim.counts().changed
    stressed = replace(target, implementation=shim.stressed(target.implementation, schedule))
    with stressed.instances(options.seed, host=options.host, gate=options.gate) as instances:
        check = Check(whole_ones(plan), stressed.subject, instances, accepted=options.accepted)
        *_, last = check.events()
    assert isinstance(last, RunFinished)
    return last.run, shim.counts().changed - before
