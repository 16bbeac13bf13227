"""What to check, as the command line names it -> checks that are ready to run."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from shortread.address import numeric, parse_address
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.codec.parts.part import UnbuildableError
from shortread.conversations.answering import answering, next_answer
from shortread.engine.check import Subject
from shortread.engine.instances import Instance, Instances
from shortread.engine.plan import Plan, Traits, plan_for
from shortread.errors import ImplementationError, Problem, UsageError
from shortread.faults.profile import Profile
from shortread.implementations import (
    Implementation,
    PortChooser,
    RunningClient,
    RunningElsewhere,
    RunningServer,
    build,
    find_manifests,
    from_command,
    from_function,
    load_manifest,
)
from shortread.implementations.isolation import LEVELS, UNCONFINED, Level, Limits, Sandbox
from shortread.judge.replies.transcript import Form
from shortread.results import ImplementationFacts
from shortread.spec.library import find_spec
from shortread.spec.model import Spec
from shortread.stream import Conversation
from shortread.wire.network import Network
from shortread.wire.opening import ConnectError
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag, UnavailableError

LOOPBACK = "127.0.0.1"
TRANSCRIPT_FORMS = ("lines", "json-lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One implementation with the codec of its spec.

    `words` name it on the command line; `connect` is where it runs already. `conversations` are said instead of those
    of the spec, where a client has asked for them.
    """

    implementation: Implementation
    codec: FrameCodec
    words: tuple[str, ...]
    connect: tuple[str, int] | None = None
    conversations: tuple[Conversation, ...] | None = None
    level: Level = LEVELS["none"]

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
            policies=manifest.policy.declared | ({"processes": "unseen"} if self.connect is not None else {}),
            patience=Patience(limit_seconds=manifest.time_limits.patience_seconds),
            isolation=self.level.name,
        )

    def isolated(self, level: Level) -> Target:
        """The target, built and run at a level of isolation. Raises UsageError for one that runs already."""
        if self.connect is not None and level.name != "none":
            raise UsageError.single(
                where="--isolation",
                expected="none beside --connect",
                found=level.name,
                remedy="give the command of the server instead: one that runs already cannot be isolated any more",
            )
        words = self.words if level.name == UNCONFINED.level else ("--isolation", level.name, *self.words)
        return replace(self, level=level, words=words)

    def plan(self, profile: Profile, seed: int) -> Plan:
        """What is tried with it."""
        manifest = self.implementation.manifest
        traits = Traits(
            is_concurrent=manifest.connections == "concurrent",
            is_for_one_connection=self.implementation.is_for_one_connection,
            may_withhold=manifest.policy.withheld_reply == "allowed",
            max_message_bytes=manifest.policy.max_message_bytes,
            transcript=self._transcript_form,
            conversations=self.conversations,
        )
        return plan_for(self.codec, profile, traits, seed=seed)

    def build(self) -> None:
        """Run its build commands. Raises ImplementationError."""
        if self.implementation.manifest.build:
            with self.level.open(Limits()) as sandbox:
                build(self.implementation, sandbox=sandbox)

    def prepared(self, instances: Instances) -> Target:
        """The target with what a client asks for that speaks first; itself for everybody else.

        Raises ImplementationError for a client that cannot be answered.
        """
        if self.implementation.manifest.role != "client" or self.codec.spec.reply != "echo":
            return self
        ours = self.codec.counterpart
        # Whether it will speak first shows when it has come to that.
        limit_seconds = self.implementation.manifest.time_limits.start_seconds
        patience = replace(self.subject.patience, limit_seconds=limit_seconds).for_starting
        try:
            heard = instances.link.overhear(patience, partial(next_answer, ours))
            conversation = answering(ours, heard.turns, has_closed=heard.has_closed)
        except (ConnectError, UnbuildableError) as error:
            raise ImplementationError(f"{error}{_last_printed(instances)}") from error
        instances.discard()
        if ours.framing().is_ended_by_stream and sum(bool(said) for _, said in heard.turns) > 1:
            raise ImplementationError("it spoke again when it was answered, and nothing tells its messages apart")
        if heard.given_bytes < len(conversation.stream.wire):
            raise ImplementationError("it ended its stream before it was answered, which a client may not do here yet")
        return replace(self, codec=ours, conversations=(conversation,)) if heard.octets else self

    @contextmanager
    def instances(self, seed: int, *, host: str = LOOPBACK, gate: str = "kernel") -> Iterator[Instances]:
        """Where its running instances come from; none is left running.

        It listens on `host`. Raises UsageError where the kernel is to be asked and cannot be.
        """
        # Others who check at the same time with the same seed must not want the same ports.
        ports = PortChooser(Random(f"{seed} {os.getpid()}"))  # noqa: S311 - no secret
        with contextlib.ExitStack() as stack:
            sandbox = stack.enter_context(self.level.open(Limits()))
            diag = stack.enter_context(closing(_sock_diag(sandbox.network))) if gate == "kernel" else None
            start = self._starter(ports, host, sandbox)
            yield stack.enter_context(
                Instances(
                    start,
                    diag,
                    is_elsewhere=self.connect is not None,
                    is_for_one_connection=self.implementation.is_for_one_connection,
                )
            )

    def _starter(self, ports: PortChooser, host: str, sandbox: Sandbox) -> Callable[[], Instance]:
        connect = self.connect
        if connect is not None:
            return lambda: RunningElsewhere(connect)
        has_transcript = self._transcript_form is not None
        if self.implementation.manifest.role == "client":
            return lambda: RunningClient(
                self.implementation, host=host, has_transcript=has_transcript, sandbox=sandbox
            ).__enter__()
        return lambda: RunningServer(
            self.implementation, ports=ports, host=host, has_transcript=has_transcript, sandbox=sandbox
        ).__enter__()

    @property
    def _transcript_form(self) -> Form | None:
        """How it prints what it understood; None where that comes back on the connection."""
        if self.implementation.replies_on_connection and self.codec.spec.reply != "transcript":
            return None
        return self.implementation.transcript_form


def _last_printed(instances: Instances) -> str:
    tail = instances.output_tail()
    return f"; it printed last:\n{textwrap.indent(tail, '    ')}" if tail else "; it printed nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a command line names: targets, or one implementation without a manifest.

    `role` is that of the `command`, and `transcript` how it prints messages, where that tells what it understood.
    `style` and `end` are those of a `function` in a manifest.
    """

    targets: tuple[str, ...] = ()
    spec: str | None = None
    command: tuple[str, ...] = ()
    connect: str | None = None
    role: str = "server"
    function: str | None = None
    style: str = "one-message"
    end: str = "raises"
    transcript: str | None = None


def resolve(named: Named) -> tuple[Target, ...]:
    """Every implementation that the command line names.

    Raises UsageError with every problem of every manifest and spec, before anything is started.
    """
    if named.connect is not None or named.function is not None or named.command:
        return (_without_manifest(named),)
    if not named.targets:
        raise UsageError.single(
            where="the command line",
            expected="a manifest or a folder, or --spec SPEC -- COMMAND …",
            found="nothing to check",
            remedy="see shortread check --help",
        )
    return tuple(_all_targets(named.targets, named.spec))


def _without_manifest(named: Named) -> Target:
    """The one implementation that is no target: a command, a function, or one that runs already."""
    kinds = {
        "a target": " ".join(named.targets),
        "a command": " ".join(named.command),
        "--function": named.function,
        "--connect": named.connect,
    }
    given = [kind for kind, text in kinds.items() if text]
    if len(given) != 1 or named.spec is None:
        own = next(kind for kind in reversed(given) if kind != "a target")
        raise UsageError.single(
            where="the command line",
            expected=f"--spec SPEC beside {own}, and nothing else to check",
            found=" and ".join(given) if len(given) > 1 else "no spec",
            remedy=_EXAMPLES[own],
        )
    if named.connect is not None:
        return _running_elsewhere(named.connect, named.spec)
    if named.function is not None:
        function = {"receive": named.function, "style": named.style, "end": named.end}
        words = ["--function", named.function, "--style", named.style, "--end", named.end]
        return _target(from_function(named.spec, function), None, ("--spec", named.spec, *words))
    keys: dict[str, object] = {"role": named.role}
    words = [] if named.role == "server" else ["--role", named.role]
    if named.transcript is not None:
        words += ["--transcript", named.transcript]
        form = named.transcript if named.transcript in TRANSCRIPT_FORMS else {"pattern": named.transcript}
        keys |= {"reply": "transcript", "transcript": form}
    implementation = from_command(named.spec, named.command, keys)
    return _target(implementation, None, ("--spec", named.spec, *words, "--", *named.command))


_EXAMPLES = {
    "a command": "write: shortread check --spec SPEC -- COMMAND …",
    "--function": "write: shortread check --spec SPEC --function FILE:NAME",
    "--connect": "write: shortread check --spec SPEC --connect HOST:PORT",
}


def _running_elsewhere(connect: str, spec: str) -> Target:
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


def _sock_diag(network: Network) -> SockDiag:
    try:
        return network.sock_diag()
    except UnavailableError as error:
        raise UsageError.single(
            where="this machine",
            expected="Linux, to see what has been read",
            found=f"no sock_diag ({error})",
            remedy="run shortread on Linux, or with --gate timed, which proves less",
        ) from error
