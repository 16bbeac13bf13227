"""One implementation with its spec -> a plan, and running instances."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from shortread.cli.promptness import prints_at_end
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.conversations.answering import answering, can_answer, next_answer
from shortread.engine.check import Subject
from shortread.engine.instances import Instance, Instances
from shortread.engine.plan import Plan, Traits, plan_for
from shortread.errors import ImplementationError, UsageError
from shortread.faults.profile import Profile, load_profile
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
from shortread.judge.manner import Manner
from shortread.judge.replies.transcript import Form
from shortread.judge.unfinished_line import line_ends
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
    of the spec, where a client has asked for them. It `prints_at_end` where nothing that it prints comes before: when
    it prints is not judged then.
    """

    implementation: Implementation
    codec: FrameCodec
    words: tuple[str, ...]
    connect: tuple[str, int] | None = None
    conversations: tuple[Conversation, ...] | None = None
    prints_at_end: bool = False
    level: Level = LEVELS["none"]

    def __post_init__(self) -> None:
        """Raises UsageError for a policy that the spec has no place for."""
        policy = self.implementation.manifest.policy
        if policy.unfinished_line_at_end is not None and not line_ends(self.codec):
            raise UsageError.single(
                where=f"{self.implementation.manifest.name}: policy.unfinished_line_at_end",
                expected="a spec whose messages are lines, each ended by a delimiter",
                found=f"{self.codec.spec.protocol}, whose messages are something else",
                remedy="leave the policy out: what the end of the stream cuts short is no message here",
            )

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
            policies=self._policies,
            patience=Patience(limit_seconds=manifest.time_limits.patience_seconds),
            isolation=self.level.name,
        )

    @property
    def _policies(self) -> dict[str, str]:
        """What it is judged by that is not so by itself, as it stands in reports."""
        assumed = {"early_reply": "allowed"} if self.codec.spec.early_reply == "allowed" else {}
        # What nobody can see is not judged: spinning, leaks, how it died; and a hang takes all of the patience.
        unseen = {"processes": "unseen"} if self.connect is not None else {}
        late = {"output": "at its end"} if self.prints_at_end else {}
        return assumed | self.implementation.manifest.policy.declared | unseen | late

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
            manner=self._manner,
            max_message_bytes=manifest.policy.max_message_bytes,
            transcript=self._transcript_form,
            conversations=self.conversations,
        )
        return plan_for(self.codec, profile, traits, seed=seed)

    @property
    def _manner(self) -> Manner:
        policy = self.implementation.manifest.policy
        return Manner(
            may_withhold=policy.withheld_reply == "allowed",
            may_reply_early=None if policy.early_reply is None else policy.early_reply == "allowed",
            delivers_unfinished_line=policy.unfinished_line_at_end == "delivered",
            is_client=self.implementation.manifest.role == "client",
            makes_remarks=self.implementation.manifest.role != "function",
        )

    def build(self) -> None:
        """Run its build commands. Raises ImplementationError."""
        if self.implementation.manifest.build:
            with self.level.open(Limits()) as sandbox:
                build(self.implementation, sandbox=sandbox)

    def prepared(self, instances: Instances) -> Target:
        """The target with what is known of it only once it has run: what a client asks for, when it prints.

        Raises ImplementationError for a client that cannot be answered.
        """
        return self._answered(instances)._calibrated(instances)

    def _calibrated(self, instances: Instances) -> Target:
        """The target, of which nothing is expected before its end where it prints nothing before."""
        if self._transcript_form is None:
            return self
        plan = self.plan(load_profile("quick"), 0)
        if not prints_at_end(plan, instances, self.subject.patience):
            return self
        spec = self.codec.spec.model_copy(update={"reply_after": "end"})
        return replace(self, codec=FrameCodec(spec, self.codec.side), prints_at_end=True)

    def _answered(self, instances: Instances) -> Target:
        """The target with what a client asks for that speaks first; itself for everybody else.

        Raises ImplementationError for a client that cannot be answered.
        """
        if self.implementation.manifest.role != "client" or not can_answer(self.codec.spec):
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
            raise ImplementationError(
                f"it closed the connection {heard.silent_seconds:.1f} s after its last word, before it was answered: "
                "a client may end its stream, but it has to read its answers, and to wait for them"
            )
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
