"""A program of the catalogue as an implementation that is checked like any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from shortread.catalogue.table import CATALOGUE
from shortread.cli.forked import ForkedServer
from shortread.cli.serve_flawed import serve
from shortread.cli.targets import LOOPBACK, Target
from shortread.codec.frame_codec import FrameCodec
from shortread.engine.instances import Instances
from shortread.implementations import from_command
from shortread.selftest.pairs import Pair
from shortread.wire.sock_diag import SockDiag


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawedTarget(Target):
    """What `shortread serve-flawed` would be, without loading all that it needs each time that it is started.

    After most trials that fail it is started anew, and that would take longer than all the trials.
    """

    pair: Pair

    @property
    def at_its_end(self) -> FlawedTarget:
        """The same where it was seen to print nothing before its end: when it prints is not judged then."""
        spec = self.codec.spec.model_copy(update={"reply_after": "end"})
        return replace(self, codec=FrameCodec(spec, self.codec.side), prints_at_end=True)

    @contextmanager
    def instances(self, seed: int, *, host: str = LOOPBACK, gate: str = "kernel") -> Iterator[Instances]:  # noqa: ARG002 - it is for any implementation
        """Where its running instances come from; none is left running."""
        with closing(SockDiag()) as diag, Instances(lambda: self.start(host), diag) as instances:
            yield instances

    def start(self, host: str) -> ForkedServer:
        """Start it on an address of this machine. It runs until its `end`."""
        serving = CATALOGUE[self.pair.code].serving
        return ForkedServer(
            lambda listener: serve(listener, self.pair.program, serving),
            host,
            has_transcript=self.codec.spec.reply == "transcript",
            patience_seconds=self.implementation.manifest.time_limits.patience_seconds,
        )


def flawed_target(pair: Pair, codec: FrameCodec) -> FlawedTarget:
    """The server of a pair; `codec` says what it answers."""
    command = ("shortread", "serve-flawed", pair.code, "--spec", pair.spec, "--port", "{port}", "--axes", pair.words)
    return FlawedTarget(
        implementation=from_command(pair.spec, command, {"name": pair.name, "expect": [pair.code]}),
        codec=codec,
        words=("--spec", pair.spec, "--", *command),
        pair=pair,
    )
