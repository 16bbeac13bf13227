"""shortread check: the main job."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from shortread import __version__
from shortread.cli.arguments import (
    CommandBehindDashes,
    accepted_proofs,
    delivery_options,
    isolation_options,
    naming_options,
    report_option,
    write_reports,
)
from shortread.cli.exit_status import ExitStatus, exit_status_of
from shortread.cli.screen import Screen
from shortread.cli.selection import Predicate, parse_selection
from shortread.cli.targets import Named, Target, resolve
from shortread.engine.check import INTERRUPTED, Check
from shortread.engine.plan import Plan, only
from shortread.engine.stress import not_stressed, whole_ones, with_stressed
from shortread.errors import ImplementationError, UnsupportedError, UsageError
from shortread.evidence import Proof
from shortread.faults.profile import DEFAULT_PROFILE, Profile, load_profile
from shortread.implementations.isolation import level_for
from shortread.implementations.shim.library import ShimUnavailableError, built_shim
from shortread.results import Event, Results, Run, RunFinished, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """How everything that was named is checked."""

    profile: Profile
    seed: int
    host: str
    gate: str
    time_limit_seconds: float | None
    accepted: frozenset[Proof]
    selection: Predicate | None
    stress_sends: bool


@click.command(cls=CommandBehindDashes)
@click.argument("targets", nargs=-1, metavar="TARGET… | --spec SPEC -- COMMAND…")
@naming_options
@delivery_options
@click.option(
    "--profile",
    default=DEFAULT_PROFILE,
    show_default=True,
    metavar="NAME",
    help="How much is tried: quick, standard, exhaustive, or a file.",
)
@click.option("-k", "expression", metavar="EXPRESSION", help="Only trials with such names: 'netstring and not close'.")
@click.option(
    "--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="For each implementation."
)
@isolation_options
@click.option(
    "--stress-sends", is_flag=True, help="Check again with a preloaded library: sends take less than they are given."
)
@report_option
@click.option("-q", "--quiet", is_flag=True, help="One line for each implementation, and what is not as expected.")
def check(
    named: Named,
    seed: int,
    host: str,
    gate: str,
    profile: str,
    expression: str | None,
    time_limit: float | None,
    isolation: str,
    require_isolation: str | None,
    reports: tuple[tuple[str, Path], ...],
    *,
    accept_assumed: bool,
    stress_sends: bool,
    quiet: bool,
) -> int:
    """Check implementations: each trial delivers a conversation in another way, and the replies must be the same.

    TARGET is a manifest (implementation.yaml), a folder with one, or a folder of such folders. Or give the
    command of a server behind two dashes; {port} in it becomes the port to listen on. Or a client, or a function.

    \b
    Examples:
      shortread check implementations/python/netstring
      shortread check --spec netstring -- ./my-server --port {port}
      shortread check --spec netstring --role client -- ./my-client {host} {port}
      shortread check --spec netstring --function homework.py:receive
      shortread check --spec netstring --connect 127.0.0.1:9000
      shortread check implementations --profile quick --report json=results.json
    """
    options = _Options(
        profile=load_profile(profile),
        seed=seed,
        host=host,
        gate=gate,
        time_limit_seconds=time_limit,
        accepted=accepted_proofs(accept_assumed=accept_assumed),
        selection=parse_selection(expression) if expression is not None else None,
        stress_sends=stress_sends,
    )
    screen = Screen(is_quiet=quiet)
    runs: list[Run] = []
    is_interrupted = False
    level = level_for(isolation, required=require_isolation)
    chosen = _selected([target.isolated(level) for target in resolve(named)], options)
    try:
        with screen:
            for target, plan_of in chosen:
                _run(target, plan_of, options, screen, runs)
    except KeyboardInterrupt:
        is_interrupted = True
    results = Results(tool=f"shortread {__version__}", seed=seed, profile=options.profile.name, runs=tuple(runs))
    screen.finish(results)
    write_reports(results, reports)
    return ExitStatus.INTERRUPTED if is_interrupted else exit_status_of(runs)


_PlanOf = Callable[[Target], Plan]
"""The plan of a target, when it is needed: a client is known only once it was heard."""


def _selected(targets: Sequence[Target], options: _Options) -> Iterator[tuple[Target, _PlanOf]]:
    """Each target with its plan. Raises UsageError where nothing is selected."""
    selection = options.selection
    if selection is None:
        return ((target, lambda target: target.plan(options.profile, options.seed)) for target in targets)
    plans = [(target, _narrowed(target, options, selection)) for target in targets]
    if not any(plan.families for _, plan in plans):
        raise UsageError.single(
            where="-k",
            expected="words that are in the names of implementations, specs, conversations or faults",
            found="an expression that selects nothing",
            remedy="leave a part of it out",
        )

    def reuse(planned: Target, plan: Plan) -> _PlanOf:
        return lambda target: plan if target is planned else _narrowed(target, options, selection)

    return ((target, reuse(target, plan)) for target, plan in plans if plan.families)


def _narrowed(target: Target, options: _Options, selection: Predicate) -> Plan:
    names = (target.implementation.manifest.name, *target.words, target.codec.spec.protocol)
    return only(
        target.plan(options.profile, options.seed),
        lambda family: selection((*names, family.conversation.name, family.fault)),
    )


def _run(target: Target, plan_of: _PlanOf, options: _Options, screen: Screen, runs: list[Run]) -> None:
    """Add the target's run to `runs`. Raises KeyboardInterrupt, if it can with a run of what was finished."""
    with closing(_events(target, plan_of, options)) as events:
        for event in events:
            shown = event
            if isinstance(event, RunFinished):
                run = event.run if options.selection is None else _as_far_as_selected(event.run)
                runs.append(run)
                shown = RunFinished(run=run)
            screen.show(shown)
    if runs[-1].reason == INTERRUPTED:
        raise KeyboardInterrupt


def _as_far_as_selected(run: Run) -> Run:
    """The run with those of its expected findings that are there: the others may need trials that were not selected."""
    codes = {finding.code for finding in run.findings}
    return run if run.expect is None else replace(run, expect=tuple(code for code in run.expect if code in codes))


def _events(target: Target, plan_of: _PlanOf, options: _Options) -> Generator[Event]:
    with target.instances(options.seed, host=options.host, gate=options.gate) as instances:

        def check_of(planned: Target) -> Check:
            return Check(
                plan_of(planned),
                planned.subject,
                instances,
                time_limit_seconds=options.time_limit_seconds,
                accepted=options.accepted,
            )

        def without_trials(verdict: Status, reason: str) -> RunFinished:
            return RunFinished(run=check_of(target).run_without_trials(verdict, reason))

        missing = target.implementation.missing_programs
        if missing:
            yield without_trials(Status.NOT_RUN, f"skipped: {' and '.join(missing)} not installed")
            return
        try:
            target.build()
            prepared = target.prepared(instances)
            check = check_of(prepared)
        except UnsupportedError as error:
            yield without_trials(Status.UNSUPPORTED, str(error))
        except ImplementationError as error:
            yield without_trials(Status.ERROR, str(error))
        except KeyboardInterrupt:
            yield without_trials(Status.INCONCLUSIVE, INTERRUPTED)
        else:
            for event in check.events():
                yield _stressed(event, prepared, plan_of, options) if isinstance(event, RunFinished) else event


def _stressed(finished: RunFinished, target: Target, plan_of: _PlanOf, options: _Options) -> RunFinished:
    """The run with what came of it when sends take less, where that was asked for."""
    run, implementation = finished.run, target.implementation
    if not (options.stress_sends or implementation.manifest.stress_sends) or run.reason == INTERRUPTED:
        return finished
    if target.connect is not None:
        return RunFinished(run=not_stressed(run, "it runs already"))
    if run.verdict is not Status.PASS:
        return RunFinished(run=not_stressed(run, "not everything passes without it"))
    try:
        with built_shim() as shim:
            stressed = replace(target, implementation=shim.stressed(implementation))
            with stressed.instances(options.seed, host=options.host, gate=options.gate) as instances:
                check = Check(whole_ones(plan_of(target)), stressed.subject, instances, accepted=options.accepted)
                *_, last = check.events()
            assert isinstance(last, RunFinished)
            short_sends = shim.counts().short_sends
            return RunFinished(run=with_stressed(run, last.run, short_sends=short_sends, target=target.words))
    except ShimUnavailableError as error:
        return RunFinished(run=not_stressed(run, str(error)))
