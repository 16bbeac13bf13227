"""What to check, as the command line names it -> checks that are ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.check import Subject
from shortread.engine.instances import Instance, Instances
from shortread.errors import Problem, UsageError
from shortread.implementations import (
    Implementation,
    PortChooser,
    RunningServer,
    build,
    find_manifests,
    from_command,
    load_manifest,
)
from shortread.results import ImplementationFacts
from shortread.spec.library import find_spec
from shortread.spec.model import Spec
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag, UnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One implementation with the codec of its spec; `words` name it on the command line."""

    implementation: Implementation
    codec: FrameCodec
    words: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        """What a check needs to know about it."""
        manifest = self.implementation.manifest
        return Subject(
            facts=ImplementationFacts(name=manifest.name, role=manifest.role, command=manifest.command),
            target=self.words,
            expect=manifest.expect,
            policies={},
            patience=Patience(limit_seconds=manifest.time_limits.patience_seconds),
        )

    def build(self) -> None:
        """Run its build commands. Raises ImplementationError."""
        build(self.implementation)

    @contextmanager
    def instances(self, seed: int) -> Iterator[Instances]:
        """Where its running instances come from; none is left running. Raises UsageError beside Linux."""
        ports = PortChooser(Random(seed))  # noqa: S311 - no secret
        with closing(_sock_diag()) as diag, Instances(_starter(self.implementation, ports), diag) as instances:
            yield instances


def resolve(targets: Sequence[str], *, spec: str | None, command: Sequence[str]) -> tuple[Target, ...]:
    """Every implementation that the command line names.

    Raises UsageError with every problem of every manifest and spec, before anything is started.
    """
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
    problem = _why_not_checked(codec.spec)
    if problem:
        raise UsageError.single(
            where=str(path),
            expected="a spec whose replies come back on the connection",
            found=problem,
            remedy="choose another spec, or say in it how it is known what was understood: see specs/README.md",
        )
    return Target(implementation=implementation, codec=codec, words=words)


def _why_not_checked(spec: Spec) -> str | None:
    """Why this version cannot check implementations of a spec; None where it can."""
    if spec.reply in ("transcript", "emits"):
        return f"reply: {spec.reply}, which this version cannot observe"
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
            remedy="run shortread on Linux, or in a container",
        ) from error


def _starter(implementation: Implementation, ports: PortChooser) -> Callable[[], Instance]:
    def start() -> Instance:
        return RunningServer(implementation, ports=ports).__enter__()

    return start
