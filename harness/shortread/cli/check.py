"""shortread check: the main job."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import click

from shortread import __version__
from shortread.cli.arguments import CommandBehindDashes, report_option, write_reports
from shortread.cli.exit_status import ExitStatus, exit_status_of
from shortread.cli.screen import Screen
from shortread.cli.targets import Target, resolve
from shortread.engine.check import INTERRUPTED, Check
from shortread.engine.plan import PROFILE, plan_for
from shortread.errors import ImplementationError
from shortread.results import Event, Results, Run, RunFinished, Status


@click.command(cls=CommandBehindDashes)
@click.argument("targets", nargs=-1, metavar="TARGET… | --spec SPEC -- COMMAND…")
@click.option("--spec", metavar="SPEC", help="A spec's name or a YAML file; needed with a COMMAND.")
@click.option("--seed", default=0, show_default=True, help="Decides what is chosen by chance: port numbers.")
@report_option
@click.option("-q", "--quiet", is_flag=True, help="One line for each implementation, and what is not as expected.")
def check(
    targets: tuple[str, ...],
    spec: str | None,
    seed: int,
    reports: tuple[tuple[str, Path], ...],
    command: tuple[str, ...],
    *,
    quiet: bool,
) -> int:
    """Check implementations: each trial delivers a conversation in another way, and the replies must be the same.

    TARGET is a manifest (implementation.yaml), a folder with one, or a folder of such folders. Or give the
    command of a server behind two dashes; {port} in it becomes the port to listen on.

    \b
    Examples:
      shortread check implementations/python/netstring
      shortread check --spec netstring -- ./my-server --port {port}
      shortread check implementations --report json=results.json --report junit=junit.xml
    """
    screen = Screen(is_quiet=quiet)
    runs: list[Run] = []
    is_interrupted = False
    chosen = resolve(targets, spec=spec, command=command)
    try:
        with screen:
            for target in chosen:
                _run(target, seed, screen, runs)
    except KeyboardInterrupt:
        is_interrupted = True
    results = Results(tool=f"shortread {__version__}", seed=seed, profile=PROFILE, runs=tuple(runs))
    screen.finish(results)
    write_reports(results, reports)
    return ExitStatus.INTERRUPTED if is_interrupted else exit_status_of(runs)


def _run(target: Target, seed: int, screen: Screen, runs: list[Run]) -> None:
    """Add the target's run to `runs`. Raises KeyboardInterrupt, if it can with a run of what was finished."""
    with closing(_events(target, seed)) as events:
        for event in events:
            if isinstance(event, RunFinished):
                runs.append(event.run)
            screen.show(event)
    if runs[-1].reason == INTERRUPTED:
        raise KeyboardInterrupt


def _events(target: Target, seed: int) -> Generator[Event]:
    with target.instances(seed) as instances:
        check = Check(plan_for(target.codec), target.subject, instances)
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
