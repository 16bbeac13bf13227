"""shortread selftest: how often the harness finds the mistakes of its own catalogue, and names them rightly."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from shortread import __version__
from shortread.cli.arguments import report_option, write_reports
from shortread.cli.exit_status import ExitStatus
from shortread.cli.flawed import FlawedTarget, flawed_target
from shortread.cli.jobs import run_all
from shortread.cli.named import Named, resolve
from shortread.cli.one_run import Options, events_of
from shortread.cli.serve_flawed import find_mistake
from shortread.cli.targets import LOOPBACK, Target
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.check import INTERRUPTED
from shortread.errors import UsageError
from shortread.faults.profile import load_profile
from shortread.judge.diagnosis import Candidates
from shortread.judge.verdict import PROVEN
from shortread.results import Results, Run, RunFinished, Status
from shortread.selftest.bounds import Part
from shortread.selftest.observable import why_unobservable
from shortread.selftest.outcome import Outcome
from shortread.selftest.pairs import answering, pairs_of
from shortread.selftest.score import score_of
from shortread.selftest.table import BEGIN, END, folded_section, has_place, written_into
from shortread.selftest.variants import variants_of
from shortread.spec.library import find_spec, spec_names, specs_folder

_Item = TypeVar("_Item")


@click.command()
@click.option("--spec", "specs", multiple=True, metavar="NAME", help="Only with this spec; may be given several times.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only this mistake; may be given several times.")
@click.option(
    "--axes",
    type=click.Choice(["first", "all"]),
    default="first",
    show_default=True,
    help="The first program of each mistake and spec, or every one.",
)
@click.option(
    "--candidates/--no-candidates", default=True, show_default=True, help="Run the programs of the catalogue."
)
@click.option("--held-out", is_flag=True, help="Run programs that were written without looking at the catalogue.")
@click.option("--variants", is_flag=True, help="Let diagnosis forget programs, and simulate each of them.")
@click.option("--conforming", is_flag=True, help="Run implementations that conform: nothing must be found.")
@click.option("--profile", default="quick", show_default=True, metavar="NAME", help="How much is tried.")
@click.option("--seed", default=0, show_default=True, help="Decides what is chosen by chance.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="So many at once.")
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), help="A document that has a place for it.")
@report_option
def selftest(
    specs: tuple[str, ...],
    codes: tuple[str, ...],
    axes: str,
    profile: str,
    seed: int,
    jobs: int,
    write: Path | None,
    reports: tuple[tuple[str, Path], ...],
    *,
    candidates: bool,
    held_out: bool,
    variants: bool,
    conforming: bool,
) -> int:
    """Score the harness itself: run servers with every mistake of the catalogue, and see what it calls them.

    A mistake counts where it can be seen at all; the others are listed with the reason. The exit status is 1 where the
    figures are not what they have to be.

    \b
    Examples:
      shortread selftest --spec netstring --code SR201 --code SR101
      shortread selftest --jobs 2 --held-out --write README.md
    """
    options = Options(
        profile=load_profile(profile),
        seed=seed,
        host=LOOPBACK,
        gate="kernel",
        time_limit_seconds=None,
        accepted=PROVEN,
        selection=None,
        stress_sends=False,
    )
    only = _Only(specs=specs, codes=tuple(find_mistake(code).code for code in codes))
    outcome = Outcome(asks_conforming=conforming)
    served = dict(_served(only, outcome)) if candidates or variants else {}
    if write is not None:
        _document(write)

    def run_candidates(crew: _Crew) -> None:
        _run_candidates(crew, _flawed(served, only, has_all_axes=axes == "all"), outcome)

    parts: Sequence[tuple[bool, Callable[[_Crew], None]]] = (
        (candidates, run_candidates),
        (held_out, lambda crew: _run_held_out(crew, only, outcome)),
        (conforming, lambda crew: _run_conforming(crew, only, outcome)),
        (variants, lambda crew: _simulate_variants(crew, served, only, outcome)),
    )
    is_complete = _run_all(_Crew(options, jobs), [run for is_asked_for, run in parts if is_asked_for])
    click.echo(outcome.text(), nl=False)
    write_reports(_results(outcome, options), reports)
    if not is_complete:
        return ExitStatus.INTERRUPTED
    if write is not None:
        write.write_text(written_into(_document(write), folded_section(outcome.parts)), encoding="utf-8")
    return ExitStatus.CONFORMS if outcome.is_good else ExitStatus.FINDINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Only:
    """The specs and the mistakes that were asked for; all of them where there are none."""

    specs: tuple[str, ...]
    codes: tuple[str, ...]

    def chosen(self, folder: str) -> list[Target]:
        """The implementations of a folder that only a checkout has, for these specs.

        Raises UsageError where this is no checkout.
        """
        targets = resolve(Named(targets=(str(specs_folder().parent / folder),)))
        return [target for target in targets if not self.specs or target.codec.spec.protocol in self.specs]


class _Crew:
    """Runs implementations, several at once, and shows on a terminal how far that is; use as a context manager."""

    def __init__(self, options: Options, jobs: int) -> None:
        self.options = options
        self._jobs = jobs
        self._progress = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            # By itself it would have a thread, and a process with threads must not be copied.
            auto_refresh=False,
            transient=True,
            disable=not (sys.stdout.isatty() and sys.stderr.isatty()),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def runs(self, title: str, targets: Sequence[Target]) -> Generator[Run]:
        """The runs in the order of their targets. Raises KeyboardInterrupt behind what was finished.

        Nothing runs any more when it is closed.
        """
        runs = run_all([partial(_run, target, self.options) for target in targets], self._jobs)
        with closing(runs):
            yield from self.counted(title, runs, total=len(targets))

    def counted(self, title: str, each: Iterable[_Item], *, total: int | None = None) -> Iterator[_Item]:
        """The same, while a terminal shows how many there have been."""
        return iter(self._progress.track(each, total=total, description=title))


def _run_all(crew: _Crew, parts: Iterable[Callable[[_Crew], None]]) -> bool:
    """Whether all could be run, before somebody interrupted it."""
    try:
        with crew:
            for run in parts:
                run(crew)
    except KeyboardInterrupt:
        return False
    return True


def _results(outcome: Outcome, options: Options) -> Results:
    return Results(
        tool=f"shortread {__version__}", seed=options.seed, profile=options.profile.name, runs=tuple(outcome.runs)
    )


def _run(target: Target, options: Options) -> Run:
    *_, last = events_of(target, lambda prepared: prepared.plan(options.profile, options.seed), options)
    assert isinstance(last, RunFinished)
    return last.run


def _served(only: _Only, outcome: Outcome) -> Iterator[tuple[str, FrameCodec]]:
    """Each spec, and with what its flawed servers are checked."""
    for name in only.specs or spec_names():
        codec = answering(load_codec(find_spec(name, folder=Path.cwd())))
        if codec is not None:
            yield name, codec
        else:
            outcome.uncounted.append(f"every mistake, {name}: nothing says what a server answers")


def _flawed(served: Mapping[str, FrameCodec], only: _Only, *, has_all_axes: bool) -> list[FlawedTarget]:
    return [
        flawed_target(pair, codec)
        for name, codec in served.items()
        for pair in pairs_of(name, codec, only.codes, has_all_axes=has_all_axes)
    ]


def _run_candidates(crew: _Crew, flawed: Sequence[FlawedTarget], outcome: Outcome) -> None:
    """Servers with each mistake, for each spec with which it can be made."""
    scores = outcome.parts.setdefault(Part.CANDIDATES, [])
    with closing(crew.runs("flawed servers", flawed)) as runs:
        for target, run in zip(flawed, runs, strict=False):
            outcome.runs.append(run)
            reason = _why_not_counted(target, run, crew.options)
            if reason is None:
                scores.append(score_of(run))
            else:
                outcome.uncounted.append(f"{target.pair.name}, {target.pair.spec}: {reason}")


def _why_not_counted(target: FlawedTarget, run: Run, options: Options) -> str | None:
    """Why nobody could have found anything in a run in which nothing was found."""
    if run.reason == INTERRUPTED:
        return INTERRUPTED
    if run.findings or run.verdict is Status.ERROR:
        return None
    checked = target.at_its_end if "output" in run.policies else target
    return why_unobservable(target.pair, checked.plan(options.profile, options.seed), Candidates(checked.codec))


def _run_held_out(crew: _Crew, only: _Only, outcome: Outcome) -> None:
    """Programs that say themselves what must be found in them."""
    targets = [
        target
        for target in only.chosen("fixtures/held-out")
        if not (only.codes and set(only.codes).isdisjoint(target.implementation.manifest.expect or ()))
    ]
    scores = outcome.parts.setdefault(Part.HELD_OUT, [])
    with closing(crew.runs("held out", targets)) as runs:
        for run in runs:
            outcome.runs.append(run)
            if run.verdict is not Status.NOT_RUN and run.reason != INTERRUPTED:
                scores.append(score_of(run))


def _run_conforming(crew: _Crew, only: _Only, outcome: Outcome) -> None:
    """Implementations in which nothing must be found."""
    targets = [target for target in only.chosen("implementations") if not target.implementation.manifest.expect]
    with closing(crew.runs("conforming", targets)) as runs:
        for run in runs:
            outcome.runs.append(run)
            if run.verdict is not Status.NOT_RUN:
                outcome.conforming.append(run.implementation.name)
            outcome.false_alarms.extend(
                f"{finding.code} {finding.certainty}  {run.implementation.name}, {run.spec}" for finding in run.findings
            )


def _simulate_variants(crew: _Crew, served: Mapping[str, FrameCodec], only: _Only, outcome: Outcome) -> None:
    """Every program of the catalogue, with a diagnosis that does not know it."""
    scores = outcome.parts.setdefault(Part.VARIANTS, [])
    for name, codec in served.items():
        first, *_ = pairs_of(name, codec)
        plan = flawed_target(first, codec).plan(crew.options.profile, crew.options.seed)
        scores += crew.counted(f"variants, {name}", variants_of(name, plan, only.codes))


def _document(path: Path) -> str:
    """A document that has a place for the tables. Raises UsageError where it has none."""
    document = path.read_text(encoding="utf-8") if path.is_file() else None
    if document is None or not has_place(document):
        raise UsageError.single(
            where="--write",
            expected=f"a document with the lines {BEGIN} and {END}",
            found=f"no file {path}" if document is None else f"{path}, which has none",
            remedy="add them where the tables are to stand",
        )
    return document
