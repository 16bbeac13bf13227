"""shortread check: the main job."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
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
from shortread.cli.jobs import run_all
from shortread.cli.named import Named, resolve
from shortread.cli.one_run import Options, PlanOf, events_of
from shortread.cli.screen import Screen
from shortread.cli.selection import Predicate, parse_selection
from shortread.cli.targets import Target
from shortread.engine.check import INTERRUPTED
from shortread.engine.plan import Plan, only
from shortread.errors import UsageError
from shortread.faults.profile import DEFAULT_PROFILE, load_profile
from shortread.implementations.isolation import level_for
from shortread.results import Event, Results, Run, RunFinished


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
    "--stress-sends",
    is_flag=True,
    help="Check again with a preloaded library: sends take less, and calls are interrupted.",
)
@report_option
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="So many at once.")
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
    jobs: int,
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
    options = Options(
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
        with screen, closing(_events(list(chosen), options, jobs)) as events:
            for event in events:
                screen.show(event)
                if isinstance(event, RunFinished):
                    runs.append(event.run)
    except KeyboardInterrupt:
        is_interrupted = True
    results = Results(tool=f"shortread {__version__}", seed=seed, profile=options.profile.name, runs=tuple(runs))
    screen.finish(results)
    write_reports(results, reports)
    return ExitStatus.INTERRUPTED if is_interrupted else exit_status_of(runs)


def _selected(targets: Sequence[Target], options: Options) -> Iterator[tuple[Target, PlanOf]]:
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

    def reuse(planned: Target, plan: Plan) -> PlanOf:
        return lambda target: plan if target is planned else _narrowed(target, options, selection)

    return ((target, reuse(target, plan)) for target, plan in plans if plan.families)


def _narrowed(target: Target, options: Options, selection: Predicate) -> Plan:
    names = (target.implementation.manifest.name, *target.words, target.codec.spec.protocol)
    return only(
        target.plan(options.profile, options.seed),
        lambda family: selection((*names, family.conversation.name, family.fault)),
    )


def _events(chosen: Sequence[tuple[Target, PlanOf]], options: Options, jobs: int) -> Generator[Event]:
    """What happens, target after target. Raises KeyboardInterrupt behind what was finished, where it can."""
    if jobs > 1 and len(chosen) > 1:
        tasks = [partial(_run, target, plan_of, options) for target, plan_of in chosen]
        yield from (RunFinished(run=run) for run in run_all(tasks, jobs))
        return
    for target, plan_of in chosen:
        for event in events_of(target, plan_of, options):
            yield event
            if isinstance(event, RunFinished) and event.run.reason == INTERRUPTED:
                raise KeyboardInterrupt


def _run(target: Target, plan_of: PlanOf, options: Options) -> Run:
    *_, last = events_of(target, plan_of, options)
    assert isinstance(last, RunFinished)
    return last.run
