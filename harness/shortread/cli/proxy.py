"""shortread proxy: live traffic, with faults."""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from random import Random
from typing import Any, BinaryIO, cast

import click

from shortread.address import Address, parse_address
from shortread.cli.arguments import CommandBehindDashes
from shortread.cli.exit_status import ExitStatus
from shortread.cli.spec.arguments import codec_for
from shortread.errors import UsageError
from shortread.implementations import PortChooser, RunningServer, from_command
from shortread.proxy.action_log import ActionLog
from shortread.proxy.boundary import Kernel
from shortread.proxy.capture import Capture
from shortread.proxy.control import Control
from shortread.proxy.fault import Direction, Fault, parse_fault
from shortread.proxy.hangups import Hangups
from shortread.proxy.metrics import Metrics
from shortread.proxy.service import Service
from shortread.proxy.surroundings import Codecs, Surroundings
from shortread.proxy.toxics import toxics_of_fault

_NAME = "shortread"


@click.command(cls=CommandBehindDashes)
@click.option("--listen", metavar="HOST:PORT", help="Where clients connect; port 0 is any that is free.")
@click.option("--connect", metavar="HOST:PORT", help="Where the server listens; not needed with a COMMAND.")
@click.option("--spec", metavar="SPEC", help="A spec's name or a YAML file; faults find messages and fields by it.")
@click.option("--fault", "faults", metavar="FAULT", multiple=True, help="What to do, and where; may be given often.")
@click.option("--seed", default=0, show_default=True, help="Decides what is chosen by chance.")
@click.option("--log", metavar="FILE", help="Write every action, as JSON lines.")
@click.option("--pcapng", metavar="FILE", help="Write what was received and sent, for Wireshark.")
@click.option("--control", metavar="HOST:PORT", help="Serve Toxiproxy's HTTP API there, and metrics.")
def proxy(
    *,
    listen: str | None,
    connect: str | None,
    spec: str | None,
    faults: Sequence[str],
    seed: int,
    log: str | None,
    pcapng: str | None,
    control: str | None,
    command: tuple[str, ...],
) -> int:
    """Stand between a client and a server, and cut, delay or end what they say. Ends with SIGTERM or Ctrl-C.

    A COMMAND behind -- is run as the server, on the port of --connect or on {port}.

    \b
    FAULT is  KIND [VALUE…] [after N [of FIELD] [of message WHICH]] [of connection WHICH] [upstream|downstream]
    KIND is   cut | pause TIME | hold [TIME] | half-close | close | reset [TIME] | silence [TIME]
              latency TIME [JITTER] | throttle RATE | slice SIZE [VARIATION [TIME]] | join TIME | slow-close TIME
    WHICH is  all | N | A..B | A.. | every-N | P%

    \b
    Example:
      shortread proxy --listen 127.0.0.1:5000 --connect 127.0.0.1:6000 --spec text-u16 \\
        --fault "cut after 1 of length of message 3 of connection every-10 upstream"
    """
    parsed = tuple(map(parse_fault, faults))
    _check_spec(parsed, spec)
    listen_at = None if listen is None else parse_address(listen, where="--listen")
    connect_to = None if connect is None else parse_address(connect, where="--connect")
    control_at = None if control is None else parse_address(control, where="--control")
    has_server = connect_to is not None or bool(command)
    if (listen_at is not None) != has_server or not (listen_at or control_at):
        found = "--listen alone" if listen_at else "no --listen" if has_server else "nothing to do"
        raise UsageError.single(
            where="the command line",
            expected="--listen with --connect or a COMMAND, or --control",
            found=found,
            remedy="write for example: --listen 127.0.0.1:5000 --connect 127.0.0.1:6000",
        )
    with ExitStack() as opened:
        surroundings = Surroundings(
            kernel=opened.enter_context(closing(Kernel())),
            hangups=opened.enter_context(closing(Hangups())),
            log=ActionLog(opened.enter_context(_opened(log, "--log"))),
            capture=Capture(opened.enter_context(_opened(pcapng, "--pcapng"))),
            metrics=Metrics(),
            codecs=_codecs(spec),
            seed=seed,
        )
        if command:
            connect_to = opened.enter_context(_server(command, connect_to, seed))
        _allow_many_descriptors()
        asyncio.run(_serve(Service(surroundings), listen_at, connect_to, parsed, control_at))
    return ExitStatus.CONFORMS


async def _serve(
    service: Service,
    listen: Address | None,
    connect: Address | None,
    faults: Sequence[Fault],
    control_at: Address | None,
) -> None:
    """Run until a signal comes, or something breaks that must not."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    with _ending_by_signal(ended):
        async with service.running():
            if listen is not None and connect is not None:
                toxics = [toxic for number, fault in enumerate(faults, 1) for toxic in toxics_of_fault(fault, number)]
                made = await service.create(_NAME, listen=listen, connect=connect, toxics=toxics)
                click.echo(f"listening on {made.listener.listen}")
            control = Control(service)
            if control_at is not None:
                click.echo(f"control on {await control.open(control_at)}")
            try:
                await ended
            finally:
                if control_at is not None:
                    await control.close()


@contextmanager
def _ending_by_signal(ended: asyncio.Future[None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    def fail(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # What a callback raises would only be printed, and the proxy would go on without it.
        if not ended.done():
            ended.set_exception(context.get("exception") or RuntimeError(context["message"]))

    loop.set_exception_handler(fail)
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _check_spec(faults: Sequence[Fault], spec: str | None) -> None:
    for fault in faults:
        if spec is None and fault.place is not None and fault.place.messages is not None:
            raise UsageError.single(
                where=f"--fault {str(fault)!r}",
                expected="--spec, to find messages by",
                found="none",
                remedy="add --spec NAME, or count octets from the start of the stream: after N",
            )


def _codecs(spec: str | None) -> Codecs:
    if spec is None:
        return {}
    return {Direction.UPSTREAM: codec_for(spec, "client"), Direction.DOWNSTREAM: codec_for(spec, "server")}


def _opened(path: str | None, option: str) -> AbstractContextManager[BinaryIO | None]:
    """A file to write, unbuffered: it is complete at every moment. Raises UsageError."""
    if path is None:
        return nullcontext()
    try:
        return cast(BinaryIO, Path(path).open("wb", buffering=0))
    except OSError as error:
        raise UsageError.single(
            where=f"{option} {path}",
            expected="a file to write",
            found=error.strerror or str(error),
            remedy="name another",
        ) from error


class _OnePort(PortChooser):
    """The port that the user has chosen."""

    def __init__(self, port: int) -> None:
        super().__init__(Random(0))  # noqa: S311 - never asked
        self._port = port

    def choose(self) -> int:
        """The same each time."""
        return self._port


@contextmanager
def _server(command: Sequence[str], connect: Address | None, seed: int) -> Iterator[Address]:
    """The command as a server, and where it listens. Raises ImplementationError when it does not."""
    ports = PortChooser(Random(seed)) if connect is None else _OnePort(connect.port)  # noqa: S311 - no secret
    with RunningServer(from_command("raw-echo", command), ports=ports) as server:
        host, port = server.address
        yield Address(host=host, port=port)


def _allow_many_descriptors() -> None:
    """Every connection takes two, and the usual limit is 1024. A command that runs already keeps its own."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
