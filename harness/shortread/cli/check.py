"""shortread check: the main job."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from shortread import __version__
from shortread.cli.arguments import (
    CommandBehindDashes,
    accepted_proofs,
    delivery_options,
    report_option,
    write_reports,
)
from shortread.cli.exit_status import ExitStatus, exit_status_of
from shortread.cli.screen import Screen
from shortread.cli.selection import Predicate, parse_selection
from shortread.cli.targets import Target, resolve
from shortread.engine.check import INTERRUPTED, Check
from shortread.engine.plan import Plan, only
from shortread.errors import ImplementationError, UsageError
from shortread.evidence import Proof
from shortread.faults.profile import DEFAULT_PROFILE, Profile, load_profile
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


@click.command(cls=CommandBehindDashes)
@click.argument("targets", nargs=-1, metavar="TARGET… | --spec SPEC -- COMMAND…")
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
@report_option
@click.option("-q", "--quiet", is_flag=True, help="One line for each implementation, and what is not as expected.")
def check(
    targets: tuple[str, ...],
    spec: str | None,
    connect: str | None,
    seed: int,
    host: str,
    gate: str,
    profile: str,
    expression: str | None,
    time_limit: float | None,
    reports: tuple[tuple[str, Path], ...],
    command: tuple[str, ...],
    *,
    accept_assumed: bool,
    quiet: bool,
) -> int:
    """Check implementations: each trial delivers a conversation in another way, and the replies must be the same.

    TARGET is a manifest (implementation.yaml), a folder with one, or a folder of such folders. Or give the
    command of a server behind two dashes; {port} in it becomes the port to listen on.

    \b
    Examples:
      shortread check implementations/python/netstring
      shortread check --spec netstring -- ./my-server --port {port}
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
    )
    screen = Screen(is_quiet=quiet)
    runs: list[Run] = []
    is_interrupted = False
    chosen = _selected(resolve(targets, spec=spec, command=command, connect=connect), options)
    try:
        with screen:
            for target, plan in chosen:
                _run(target, plan, options, screen, runs)
    except KeyboardInterrupt:
        is_interrupted = True
    results = Results(tool=f"shortread {__version__}", seed=seed, profile=options.profile.name, runs=tuple(runs))
    screen.finish(results)
    write_reports(results, reports)
    return ExitStatus.INTERRUPTED if is_interrupted else exit_status_of(runs)


def _selected(targets: Sequence[Target], options: _Options) -> Iterator[tuple[Target, Callable[[], Plan]]]:
    """Each target with its plan, made when it is needed. Raises UsageError where nothing is selected."""
    if options.selection is None:
        return ((target, partial(target.plan, options.profile, options.seed)) for target in targets)
    plans = [(target, _narrowed(target, options, options.selection)) for target in targets]
    if not any(plan.families for _, plan in plans):
        raise UsageError.single(
            where="-k",
            expected="words that are in the names of implementations, specs, conversations or faults",
            found="an expression that selects nothing",
            remedy="leave a part of it out",
        )
    return ((target, partial(_as_it_is, plan)) for target, plan in plans if plan.families)


def _narrowed(target: Target, options: _Options, selection: Predicate) -> Plan:
    names = (target.implementation.manifest.name, *target.words, target.codec.spec.protocol)
    return only(
        target.plan(options.profile, options.seed),
        lambda family: selection((*names, family.conversation.name, family.fault)),
    )


def _as_it_is(plan: Plan) -> Plan:
    return plan


def _run(target: Target, plan: Callable[[], Plan], options: _Options, screen: Screen, runs: list[Run]) -> None:
    """Add the target's run to `runs`. Raises KeyboardInterrupt, if it can with a run of what was finished."""
    with closing(_events(target, plan(), options)) as events:
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


def _events(target: Target, plan: Plan, options: _Options) -> Generator[Event]:
    with target.instances(options.seed, host=options.host, gate=options.gate) as instances:
        check = Check(
            plan,
            target.subject,
            instances,
            time_limit_seconds=options.time_limit_seconds,
            accepted=options.accepted,
        )
        missing = target.implementation.missing_programs
        if missing:
            reason = f"skipped: {' and '.join(missing)} not installed"
            yield RunFinished(run=check.run_without_trials(Status.NOT_RUN, reason))
            return
        try:
            target.build()
        except ImplementationError as error:
            yield RunFinished(run=check.run_without_trials(Status.ERROR, str(error)))
        except KeyboardInterrupt:
            yield RunFinished(run=check.run_without_trials(Status.INCONCLUSIVE, INTERRUPTED))
        else:
            yield from check.events()
