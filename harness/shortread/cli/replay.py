"""shortread replay: one trial again."""

from __future__ import annotations

import click

from shortread.cli.arguments import CommandBehindDashes
from shortread.cli.exit_status import ExitStatus
from shortread.cli.targets import Target, resolve
from shortread.engine.plan import Family, plan_for
from shortread.engine.trials import TrialRunner
from shortread.errors import UsageError
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
@click.option("--spec", metavar="SPEC", help="A spec's name or a YAML file; needed with a COMMAND.")
@click.option("--seed", default=0, show_default=True, help="Decides what is chosen by chance: port numbers.")
def replay(replay_id: str, targets: tuple[str, ...], spec: str | None, seed: int, command: tuple[str, ...]) -> int:
    """Run one trial again, on a fresh instance and with full patience. Prints FIXED or FAILS.

    \b
    Example:
      shortread replay 'netstring/ordinary/2@send 0..11 await-reply' implementations/python/netstring
    """
    chosen = resolve(targets, spec=spec, command=command)
    if len(chosen) != 1:
        raise UsageError.single(
            where="the command line",
            expected="one implementation",
            found=f"{len(chosen)}",
            remedy="name the folder of one of them",
        )
    (target,) = chosen
    plan = plan_for(target.codec)
    family, schedule = _find(replay_id, plan.families, target)
    target.build()
    with target.instances(seed) as instances:
        runner = TrialRunner(instances, plan.health_check)
        if family.oracle.is_learning:
            baseline = next(one for one in plan.families if one.conversation == family.conversation)
            runner.run(baseline, baseline.schedules[0], target.subject.patience.full)
            runner.start_afresh()
        trial = runner.run(family, schedule, target.subject.patience.full, is_thorough=True)
    _show(trial, family)
    return _EXIT_STATUS.get(trial.verdict.status, ExitStatus.INCONCLUSIVE)


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
