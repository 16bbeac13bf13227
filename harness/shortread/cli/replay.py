"""shortread replay: one trial again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import click

from shortread.cli.arguments import (
    CommandBehindDashes,
    accepted_proofs,
    delivery_options,
    isolation_options,
    naming_options,
)
from shortread.cli.exit_status import ExitStatus
from shortread.cli.named import Named, resolve
from shortread.cli.targets import Target
from shortread.engine.instances import Instances
from shortread.engine.plan import BASELINE_FAULT, Family, Plan
from shortread.engine.stress import STRESSES
from shortread.engine.trials import TrialRunner
from shortread.errors import UsageError
from shortread.evidence import Proof
from shortread.faults.profile import DEFAULT_PROFILE, load_profile
from shortread.implementations import OwnCall, traced
from shortread.implementations.isolation import level_for
from shortread.implementations.shim.library import Counts, Shim, ShimUnavailableError, built_shim
from shortread.judge.verdict import observed_replies
from shortread.results import Status, Trial
from shortread.schedule import Schedule, parse_schedule
from shortread.spec.yaml12 import did_you_mean
from shortread.value import describe
from shortread.wire.patience import Patience

_Start: TypeAlias = Callable[[Target], AbstractContextManager[Instances]]

_WORDS = {Status.PASS: "FIXED", Status.FAIL: "FAILS"}
_EXIT_STATUS = {Status.PASS: ExitStatus.CONFORMS, Status.FAIL: ExitStatus.FINDINGS}


@click.command(cls=CommandBehindDashes)
@click.argument("replay_id", metavar="ID")
@click.argument("targets", nargs=-1, metavar="TARGET | --spec SPEC -- COMMAND…")
@naming_options
@delivery_options
@isolation_options
@click.option("--trace-reads", is_flag=True, help="Show its own reads and writes too; needs strace.")
@click.option("--stress-sends", is_flag=True, help="With a preloaded library: calls do less, and are interrupted.")
def replay(
    replay_id: str,
    named: Named,
    seed: int,
    host: str,
    gate: str,
    isolation: str,
    require_isolation: str | None,
    *,
    accept_assumed: bool,
    trace_reads: bool,
    stress_sends: bool,
) -> int:
    """Run one trial again, on a fresh instance and with full patience. Prints FIXED or FAILS.

    \b
    Example:
      shortread replay 'netstring/ordinary/2@send 0..11 await-reply' implementations/python/netstring
    """
    chosen = resolve(named)
    if len(chosen) != 1:
        raise UsageError.single(
            where="the command line",
            expected="one implementation",
            found=f"{len(chosen)}",
            remedy="name the folder of one of them",
        )
    target = chosen[0].isolated(level_for(isolation, required=require_isolation))
    _refuse_elsewhere(named.connect, {"--trace-reads": trace_reads, "--stress-sends": stress_sends})
    start = partial(Target.instances, seed=seed, host=host, gate=gate)
    with start(target) as instances:
        target.build()
        target = target.prepared(instances)
        plan = target.plan(load_profile(DEFAULT_PROFILE), seed)
        family, schedule = _find(replay_id, plan.families, target)
        again = _Again(
            family=family,
            schedule=schedule,
            plan=plan,
            full=target.subject.patience.full,
            accepted=accepted_proofs(accept_assumed=accept_assumed),
            trace_reads=trace_reads,
        )
        again.learn(instances)
        ran = None if stress_sends else again.run(instances)
    # A program is started anew for each way of stressing it.
    ran = ran or _under_stress(again, target, start)
    _show(ran.trial, family)
    _show_calls(ran.calls, ran.trial)
    _show_counts(ran.counts)
    return _EXIT_STATUS.get(ran.trial.verdict.status, ExitStatus.INCONCLUSIVE)


@dataclass(frozen=True, kw_only=True)
class _Ran:
    """The trial, what the implementation called in it, where that is traced, and how it was stressed, where it was."""

    trial: Trial
    calls: Sequence[OwnCall]
    counts: Counts | None = None


@dataclass(frozen=True, kw_only=True)
class _Again:
    """The trial that is run again, and how."""

    family: Family
    schedule: Schedule
    plan: Plan
    full: Patience
    accepted: frozenset[Proof]
    trace_reads: bool

    def learn(self, instances: Instances) -> None:
        """Let the whole conversation tell what has to come back, where nothing else does."""
        if not self.family.oracle.is_learning:
            return
        baseline = next(
            one
            for one in self.plan.families
            if one.conversation == self.family.conversation and one.fault == BASELINE_FAULT
        )
        runner = self._runner(instances)
        runner.run(baseline, baseline.schedules[0], self.full)
        runner.start_afresh()

    def run(self, instances: Instances) -> _Ran:
        """Deliver it."""
        with ExitStack() as tracing:
            calls = tracing.enter_context(traced(instances.processes())) if self.trace_reads else ()
            trial = self._runner(instances).run(self.family, self.schedule, self.full, is_thorough=True)
        return _Ran(trial=trial, calls=calls)

    def _runner(self, instances: Instances) -> TrialRunner:
        return TrialRunner(instances, self.plan.health_check, accepted=self.accepted)


def _under_stress(again: _Again, target: Target, start: _Start) -> _Ran:
    """Run it in each of the ways in which a check stresses sending, until one shows the failure."""
    with _built_shim() as shim:
        for stress in STRESSES:
            implementation = shim.stressed(target.implementation, stress.schedule)
            with start(replace(target, implementation=implementation)) as instances:
                ran = again.run(instances)
            if ran.trial.verdict.status is not Status.PASS:
                break
        return replace(ran, counts=shim.counts())


@contextmanager
def _built_shim() -> Iterator[Shim]:
    try:
        with built_shim() as shim:
            yield shim
    except ShimUnavailableError as error:
        raise UsageError.single(
            where="--stress-sends",
            expected="a library that can be loaded before the program",
            found=str(error),
            remedy="install a C compiler, or leave the option out",
        ) from error


def _refuse_elsewhere(connect: str | None, options: Mapping[str, bool]) -> None:
    """Raises UsageError for an option that a server which runs already cannot be started with."""
    given = next((option for option, is_given in options.items() if is_given), None)
    if given is not None and connect is not None:
        raise UsageError.single(
            where=given,
            expected="an implementation that is started here",
            found=f"--connect {connect}",
            remedy="give its command instead, or leave the option out",
        )


def _show_calls(calls: Sequence[OwnCall], trial: Trial) -> None:
    """The implementation's own reads beside the segments that they came from."""
    offset = 0
    for call in calls:
        place = ""
        if not call.is_write and call.moved_bytes > 0:
            touched = [
                str(number)
                for number, segment in enumerate(trial.schedule.segments, start=1)
                if segment.start < offset + call.moved_bytes and segment.end > offset
            ]
            place = f"   octets {offset}..{offset + call.moved_bytes}, segment {' and '.join(touched)}"
            offset += call.moved_bytes
        click.echo(f"  {'wrote' if call.is_write else 'read '}    {call}{place}")


def _show_counts(counts: Counts | None) -> None:
    if counts is not None:
        click.echo(f"  sending  {counts.short_sends} took less than they were given")
        click.echo(f"  calls    {counts.interrupted} were interrupted")


def _find(replay_id: str, families: tuple[Family, ...], target: Target) -> tuple[Family, Schedule]:
    """The conversation and the schedule that an id names; the fault plays no part in it."""
    name, _, text = replay_id.partition("@")
    protocol = target.codec.spec.protocol
    by_name = {f"{protocol}/{family.conversation.name}": family for family in families}
    if name not in by_name:
        raise UsageError.single(
            where="the replay id",
            expected=f"a conversation of {protocol} before the @: " + ", ".join(by_name),
            found=repr(name),
            remedy=did_you_mean(name, by_name) or "copy the id from the report",
        )
    family = by_name[name]
    return family, parse_schedule(text, stream_bytes=len(family.conversation.stream.wire))


def _show(trial: Trial, family: Family) -> None:
    verdict, evidence = trial.verdict, trial.evidence
    word = _WORDS.get(verdict.status, "INCONCLUSIVE")
    click.echo(f"{word}  {trial.schedule}")
    for reason in filter(None, (verdict.replies, verdict.ending)):
        click.echo(f"  {reason.text}")
    expected = family.oracle.expect(evidence.sent_bytes, half_closed=evidence.half_closed).replies
    observed, _ = observed_replies(evidence, family.oracle)
    click.echo("  expected " + (", ".join(str(reply.expected) for reply in expected) or "nothing"))
    click.echo("  observed " + (", ".join(describe(reply.message) for reply in observed) or "nothing"))
    click.echo(f"  ended    {evidence.ending}")
