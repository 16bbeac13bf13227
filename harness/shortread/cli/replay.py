"""shortread replay: one trial again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

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
from shortread.engine.plan import Family
from shortread.engine.stress import STRESSES
from shortread.engine.trials import TrialRunner
from shortread.errors import UsageError
from shortread.faults.profile import DEFAULT_PROFILE, load_profile
from shortread.implementations import OwnCall, traced
from shortread.implementations.isolation import level_for
from shortread.implementations.shim.library import Shim, ShimUnavailableError, built_shim
from shortread.judge.verdict import observed_replies
from shortread.results import Status, Trial
from shortread.schedule import Schedule, parse_schedule
from shortread.spec.yaml12 import did_you_mean
from shortread.value import describe

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
    with ExitStack() as stack:
        instances = stack.enter_context(target.instances(seed, host=host, gate=gate))
        target.build()
        target = target.prepared(instances)
        plan = target.plan(load_profile(DEFAULT_PROFILE), seed)
        family, schedule = _find(replay_id, plan.families, target)
        accepted = accepted_proofs(accept_assumed=accept_assumed)

        def runner_of(instances: Instances) -> TrialRunner:
            return TrialRunner(instances, plan.health_check, accepted=accepted)

        def delivered(runner: TrialRunner, instances: Instances) -> tuple[Trial, Sequence[OwnCall]]:
            with ExitStack() as tracing:
                calls = tracing.enter_context(traced(instances.processes())) if trace_reads else []
                trial = runner.run(family, schedule, target.subject.patience.full, is_thorough=True)
            return trial, calls

        runner = runner_of(instances)
        if family.oracle.is_learning:
            baseline = next(one for one in plan.families if one.conversation == family.conversation)
            runner.run(baseline, baseline.schedules[0], target.subject.patience.full)
            runner.start_afresh()
        if not stress_sends:
            counts = None
            trial, calls = delivered(runner, instances)
        else:
            instances.discard()
            shim = stack.enter_context(_built_shim())
            # In the ways in which a check does it, until one shows the failure.
            for stress in STRESSES:
                stressed = replace(target, implementation=shim.stressed(target.implementation, stress.schedule))
                with stressed.instances(seed, host=host, gate=gate) as under_stress:
                    trial, calls = delivered(runner_of(under_stress), under_stress)
                if trial.verdict.status is not Status.PASS:
                    break
            counts = shim.counts()
    _show(trial, family)
    _show_calls(calls, trial)
    if counts is not None:
        click.echo(f"  sending  {counts.short_sends} took less than they were given")
        click.echo(f"  calls    {counts.interrupted} were interrupted")
    return _EXIT_STATUS.get(trial.verdict.status, ExitStatus.INCONCLUSIVE)


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
