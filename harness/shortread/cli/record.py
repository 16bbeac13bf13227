"""shortread record: a good conversation becomes a spec."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack, closing
from pathlib import Path

import click

from shortread.cli.exit_status import ExitStatus
from shortread.cli.spec.arguments import codec_for
from shortread.codec.frame_codec import FrameCodec
from shortread.errors import UsageError
from shortread.proxy.action_log import ActionLog
from shortread.proxy.address import Address, parse_address
from shortread.proxy.boundary import Kernel
from shortread.proxy.hangups import Hangups
from shortread.proxy.metrics import Metrics
from shortread.proxy.recording import Recording, as_spec
from shortread.proxy.service import Service
from shortread.proxy.surroundings import Surroundings
from shortread.spec.expansion import expanded


@click.command()
@click.option("--listen", metavar="HOST:PORT", required=True, help="Where the client connects; port 0 is any.")
@click.option("--connect", metavar="HOST:PORT", required=True, help="Where the server listens.")
@click.option("--output", metavar="FILE", required=True, type=Path, help="The spec to write: NAME.yaml.")
@click.option("--spec", metavar="SPEC", help="Tells the frames of the client; without it only turns are known.")
def record(*, listen: str, connect: str, output: Path, spec: str | None) -> int:
    """Stand between a client and a server for one conversation, and write it as a spec of recorded turns.

    The spec can be checked as any other: what was said is cut, joined and held, and the server must answer as it did.

    \b
    Example:
      shortread record --listen 127.0.0.1:5000 --connect 127.0.0.1:6000 --output mine.yaml
    """
    codec = codec_for(spec, "client") if spec is not None else None
    listen_at = parse_address(listen, where="--listen")
    connect_to = parse_address(connect, where="--connect")
    _check_output(output)
    text = asyncio.run(_record(listen_at, connect_to, output.stem, codec))
    output.write_text(text, encoding="utf-8")
    click.echo(f"wrote {output}")
    return ExitStatus.CONFORMS


def _check_output(output: Path) -> None:
    """Raises UsageError where the recording could not be written in the end."""
    try:
        output.touch()
    except OSError as error:
        raise UsageError.single(
            where=f"--output {output}",
            expected="a file to write",
            found=error.strerror or str(error),
            remedy="name another",
        ) from error


async def _record(listen: Address, connect: Address, name: str, codec: FrameCodec | None) -> str:
    """The text of the spec, when the first conversation is over. Raises UsageError and KeyboardInterrupt."""
    loop = asyncio.get_running_loop()
    recording = Recording(loop.create_future())
    with ExitStack() as opened:
        surroundings = Surroundings(
            kernel=opened.enter_context(closing(Kernel())),
            hangups=opened.enter_context(closing(Hangups())),
            log=ActionLog(None),
            capture=recording,
            metrics=Metrics(),
            codecs={},
            seed=0,
        )
        task = asyncio.current_task()
        assert task is not None
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
        service = Service(surroundings)
        async with service.running():
            made = await service.create("shortread", listen=listen, connect=connect)
            click.echo(f"listening on {made.listener.listen}")
            await recording.ended
    return expanded(as_spec(recording, name=name, codec=codec))
