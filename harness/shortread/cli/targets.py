"""One implementation with its spec -> a plan, and running instances."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.conversations.answering import answering, next_answer
from shortread.engine.check import Subject
from shortread.engine.instances import Instance, Instances
from shortread.engine.plan import Plan, Traits, plan_for
from shortread.errors import ImplementationError, UsageError
from shortread.faults.profile import Profile
from shortread.implementations import (
    Implementation,
    PortChooser,
    RunningClient,
    RunningElsewhere,
    RunningServer,
    build,
)
from shortread.implementations.isolation import LEVELS, UNCONFINED, Level, Limits, Sandbox
from shortread.implementations.output import printed_last
from shortread.judge.replies.transcript import Form
from shortread.results import ImplementationFacts
from shortread.stream import Conversation
from shortread.wire.network import Network
from shortread.wire.opening import ConnectError
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag, UnavailableError

LOOPBACK = "127.0.0.1"


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
            raise ImplementationError(f"{error}{printed_last(instances.output_tail())}") from error
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
