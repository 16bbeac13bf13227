"""What to check, as the command line names it -> checks that are ready to run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from shortread.address import numeric, parse_address
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.check import Subject
from shortread.engine.instances import Instance, Instances
from shortread.engine.plan import Plan, plan_for
from shortread.errors import Problem, UsageError
from shortread.faults.profile import Profile
from shortread.implementations import (
    Implementation,
    PortChooser,
    RunningElsewhere,
    RunningServer,
    build,
    find_manifests,
    from_command,
    load_manifest,
)
from shortread.judge.replies.transcript import Form
from shortread.results import ImplementationFacts
from shortread.spec.library import find_spec
from shortread.spec.model import Spec
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag, UnavailableError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One implementation with the codec of its spec.

    `words` name it on the command line; `connect` is where it runs already.
    """

    implementation: Implementation
    codec: FrameCodec
    words: tuple[str, ...]
    connect: tuple[str, int] | None = None

    @property
    def subject(self) -> Subject:
        """What a check needs to know about it."""
        manifest = self.implementation.manifest
        return Subject(
            facts=ImplementationFacts(
                name=manifest.name,
                role=manifest.role,
                command=manifest.command or (manifest.function.receive if manifest.function else "",),
            ),
            target=self.words,
            expect=manifest.expect,
            # What nobody can see is not judged: spinning, leaks, how it died; and a hang takes all of the patience.
            policies={"processes": "unseen"} if self.connect is not None else {},
            patience=Patience(limit_seconds=manifest.time_limits.patience_seconds),
        )

    def plan(self, profile: Profile, seed: int) -> Plan:
        """What is tried with it."""
        is_concurrent = self.implementation.manifest.connections == "concurrent"
        return plan_for(self.codec, profile, seed=seed, is_concurrent=is_concurrent, transcript=self._transcript_form)

    def build(self) -> None:
        """Run its build commands. Raises ImplementationError."""
        build(self.implementation)

    @contextmanager
    def instances(self, seed: int, *, host: str = LOOPBACK, gate: str = "kernel") -> Iterator[Instances]:
        """Where its running instances come from; none is left running.

        It listens on `host`. Raises UsageError where the kernel is to be asked and cannot be.
        """
        ports = PortChooser(Random(seed))  # noqa: S311 - no secret
        with contextlib.ExitStack() as stack:
            diag = stack.enter_context(closing(_sock_diag())) if gate == "kernel" else None
            start = self._starter(ports, host)
            yield stack.enter_context(Instances(start, diag, is_elsewhere=self.connect is not None))

    def _starter(self, ports: PortChooser, host: str) -> Callable[[], Instance]:
        connect = self.connect
        if connect is not None:
            return lambda: RunningElsewhere(connect)
        has_transcript = self._transcript_form is not None
        return lambda: RunningServer(
            self.implementation, ports=ports, host=host, has_transcript=has_transcript
        ).__enter__()

    @property
    def _transcript_form(self) -> Form | None:
        """How it prints what it understood; None where that comes back on the connection."""
        if self.implementation.replies_on_connection and self.codec.spec.reply != "transcript":
            return None
        return self.implementation.transcript_form


def resolve(
    targets: Sequence[str], *, spec: str | None, command: Sequence[str], connect: str | None = None
) -> tuple[Target, ...]:
    """Every implementation that the command line names.

    Raises UsageError with every problem of every manifest and spec, before anything is started.
    """
    if connect is not None:
        return (_running_elsewhere(connect, spec, [*targets, *command]),)
    if command:
        if targets or spec is None:
            found = "a target as well" if targets else "none"
            expected = "no target" if targets else "--spec SPEC"
            raise UsageError.single(
                where="the command line",
                expected=f"{expected} beside a command",
                found=found,
                remedy="write: shortread check --spec SPEC -- COMMAND …",
            )
        return (_target(from_command(spec, command), None, ("--spec", spec, "--", *command)),)
    if not targets:
        raise UsageError.single(
            where="the command line",
            expected="a manifest or a folder, or --spec SPEC -- COMMAND …",
            found="nothing to check",
            remedy="see shortread check --help",
        )
    return tuple(_all_targets(targets, spec))


def _running_elsewhere(connect: str, spec: str | None, others: Sequence[str]) -> Target:
    if others or spec is None:
        raise UsageError.single(
            where="the command line",
            expected="--spec SPEC, and neither a target nor a command, beside --connect",
            found=" ".join(others) or "no spec",
            remedy="write: shortread check --spec SPEC --connect HOST:PORT",
        )
    address = numeric(parse_address(connect, where="--connect"), where="--connect")
    implementation = from_command(spec, (connect,))
    target = _target(implementation, spec, ("--spec", spec, "--connect", connect))
    if target.codec.spec.reply == "transcript":
        raise UsageError.single(
            where="--connect",
            expected="a spec whose replies come back on the connection",
            found="reply: transcript, and what a server prints that runs already is not seen",
            remedy="give its command instead",
        )
    return replace(target, connect=address)


def _all_targets(targets: Sequence[str], spec: str | None) -> Iterator[Target]:
    problems: list[Problem] = []
    found: list[Target] = []
    for target in targets:
        try:
            manifests = find_manifests(Path(target))
        except UsageError as error:
            problems += error.problems
            continue
        for manifest in manifests:
            words = (target,) if len(manifests) == 1 else (str(manifest.parent),)
            try:
                found.append(_target(load_manifest(manifest), spec, (*(("--spec", spec) if spec else ()), *words)))
            except UsageError as error:
                problems += error.problems
    if problems:
        raise UsageError(list(dict.fromkeys(problems)))
    yield from found


def _target(implementation: Implementation, spec: str | None, words: tuple[str, ...]) -> Target:
    if spec is not None:
        path = find_spec(spec, folder=Path.cwd())
    else:
        path = find_spec(implementation.manifest.spec, folder=implementation.folder)
    codec = load_codec(path)
    reply = implementation.manifest.reply
    if reply is not None and reply != "transcript":
        codec = FrameCodec(codec.spec.model_copy(update={"reply": reply, "exchange": None}))
    has_transcript = codec.spec.reply == "transcript" or not implementation.replies_on_connection
    problem = _why_not_checked(codec.spec, has_transcript=has_transcript)
    if problem:
        raise UsageError.single(
            where=str(path),
            expected="a spec whose replies come back on the connection",
            found=problem,
            remedy="choose another spec, or say in it how it is known what was understood: see specs/README.md",
        )
    return Target(implementation=implementation, codec=codec, words=words)


def _why_not_checked(spec: Spec, *, has_transcript: bool) -> str | None:
    """Why this version cannot check implementations of a spec; None where it can."""
    if has_transcript:
        return None
    if spec.reply is None and spec.exchange is None and not spec.is_recorded:
        return "neither reply nor exchange"
    return None


def _sock_diag() -> SockDiag:
    try:
        return SockDiag()
    except UnavailableError as error:
        raise UsageError.single(
            where="this machine",
            expected="Linux, to see what has been read",
            found=f"no sock_diag ({error})",
            remedy="run shortread on Linux, or with --gate timed, which proves less",
        ) from error
