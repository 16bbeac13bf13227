"""What the tests of the engine share: small plans, trials written by hand, and servers that are checked."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.check import Check, Subject
from shortread.engine.instances import Instance, Instances
from shortread.engine.plan import Family, Plan
from shortread.evidence import Ending, Evidence
from shortread.faults.table import FAULTS
from shortread.implementations.implementation import Implementation, load_manifest
from shortread.implementations.ports import PortChooser
from shortread.implementations.server import RunningServer
from shortread.judge.oracle import Oracle
from shortread.results import ImplementationFacts, Reason, Run, RunFinished, Status, Symptom, Trial, Verdict
from shortread.schedule import parse_schedule
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Kind, Stream
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag

collect_ignore = [] if sys.platform == "linux" else ["test_check.py", "test_check_and_instances.py"]

MANIFEST = """\
shortread: implementation/1
name: the server
spec: netstring
role: server
command: ["{python}", server.py, "{port}"]
"""

PROGRAM = '''\
import os, socket, sys, threading, time

open("pids", "a").write(f"{os.getpid()}\\n")


def frames(connection):
    """Yield each message; EOFError for a stream that ends inside one."""
    buffer = b""
    while octets := connection.recv(65536):
        buffer += octets
        while b":" in buffer:
            length, _, rest = buffer.partition(b":")
            if len(rest) <= int(length):
                break
            yield rest[: int(length)]
            buffer = rest[int(length) + 1 :]
    if buffer:
        raise EOFError("the stream ended inside a message")


def reply(connection, message):
    connection.sendall(b"%d:%b," % (len(message), message))


def never():
    threading.Event().wait()


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))


'''


@pytest.fixture(scope="session")
def codec() -> FrameCodec:
    """The codec of netstrings."""
    return load_codec(specs_folder() / "netstring.yaml")


@pytest.fixture
def plan(codec: FrameCodec) -> Callable[..., Plan]:
    """`plan(*faults)` is one conversation, hello and foo or other messages, under each of these faults."""

    def make(*faults: str, messages: Sequence[str] = ("hello", "foo")) -> Plan:
        stream = Stream(frames=tuple(map(codec.build, messages)))
        conversation = Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream)
        oracle = Oracle(codec, conversation)
        families = tuple(
            Family(conversation=conversation, oracle=oracle, fault=fault, schedules=tuple(FAULTS[fault](conversation)))
            for fault in ("whole", *faults)
        )
        return Plan(codec=codec, profile="made up", families=families, health_check=families[0])

    return make


@pytest.fixture
def trial(plan: Callable[..., Plan]) -> Callable[..., Trial]:
    """`trial(schedule)` passed; with `replies` or `ending`, symptoms, it failed."""
    conversation = plan().families[0].conversation

    def make(  # a trial has many sides
        schedule: str,
        *,
        fault: str = "every-cut",
        replies: Symptom | None = None,
        ending: Symptom | None = None,
        evidence: Evidence | None = None,
        kind: Kind = Kind.ORDINARY,
        status: Status | None = None,
    ) -> Trial:
        has_failed = replies is not None or ending is not None
        return Trial(
            conversation=Conversation(name=f"{kind}/1", kind=kind, stream=conversation.stream),
            fault=fault,
            schedule=parse_schedule(schedule),
            verdict=Verdict(
                status=status or (Status.FAIL if has_failed else Status.PASS),
                replies=replies and Reason(symptom=replies, text="replies"),
                ending=ending and Reason(symptom=ending, text="ending"),
            ),
            evidence=evidence or Evidence(sent_bytes=14, boundaries=(), waits=(), received=b"", ending=Ending.CLOSED),
        )

    return make


@pytest.fixture
def server(tmp_path: Path) -> Callable[[str], Implementation]:
    """`server(source)` writes a program with a `listener` and its manifest, and loads it."""

    def write(source: str) -> Implementation:
        (tmp_path / "server.py").write_text(PROGRAM + textwrap.dedent(source), encoding="utf-8")
        (tmp_path / "implementation.yaml").write_text(MANIFEST, encoding="utf-8")
        return load_manifest(tmp_path / "implementation.yaml")

    return write


@pytest.fixture
def diag() -> Iterator[SockDiag]:
    """A channel to the kernel."""
    channel = SockDiag()
    yield channel
    channel.close()


@pytest.fixture
def prepare(diag: SockDiag, tmp_path: Path) -> Callable[..., Check]:
    """`prepare(implementation, plan)` is a check that is ready to run."""
    ports = PortChooser(Random(str(tmp_path)))

    def make(implementation: Implementation, plan: Plan, patience: Patience | None = None) -> Check:
        def start() -> Instance:
            return RunningServer(implementation, ports=ports).__enter__()

        manifest = implementation.manifest
        facts = ImplementationFacts(name=manifest.name, role=manifest.role, command=manifest.command)
        subject = Subject(facts=facts, target=("here",), expect=None, policies={}, patience=patience or Patience())
        return Check(plan, subject, Instances(start, diag))

    return make


@pytest.fixture
def check(server: Callable[[str], Implementation], prepare: Callable[..., Check]) -> Callable[..., Run]:
    """`check(source, plan)` runs a whole check of such a server, and gives its run."""

    def run(source: str, plan: Plan, patience: Patience | None = None) -> Run:
        *_, last = prepare(server(source), plan, patience).events()
        assert isinstance(last, RunFinished)
        return last.run

    return run
