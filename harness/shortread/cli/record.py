"""shortread record: a good conversation becomes a spec."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from shortread.address import Address, parse_address
from shortread.cli.exit_status import ExitStatus
from shortread.cli.spec.arguments import codec_for
from shortread.codec.frame_codec import FrameCodec
from shortread.errors import UsageError
from shortread.proxy.action_log import ActionLog
from shortread.proxy.boundary import Kernel
from shortread.proxy.hangups import Hangups
from shortread.proxy.metrics import Metrics
from shortread.proxy.recording import Recording, as_spec
from shortread.proxy.service import Service
from shortread.proxy.surroundings import Surroundings
from shortread.spec.expansion import expanded
from shortread.spec.model import ProtocolName


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
    _check_name(output)
    with _kept_if_written(output):
        text = asyncio.run(_record(listen_at, connect_to, output.stem, codec))
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            click.echo(text)
            raise _unwritable(output, error, "keep what is printed instead") from error
    click.echo(f"wrote {output}")
    return ExitStatus.CONFORMS


def _check_name(output: Path) -> None:
    """Raises UsageError where the spec could not have the name of its file."""
    try:
        TypeAdapter(ProtocolName).validate_python(output.stem)
    except ValidationError as error:
        raise UsageError.single(
            where=f"--output {output}",
            expected="the name of a protocol before .yaml: lower-case letters and digits, with single hyphens between",
            found=repr(output.stem),
            remedy="name for example: my-protocol.yaml",
        ) from error


@contextmanager
def _kept_if_written(output: Path) -> Iterator[None]:
    """Find out at once whether the file can be written, and leave none behind that was not."""
    is_new = not output.exists()
    try:
        output.open("a").close()
    except OSError as error:
        raise _unwritable(output, error, "name another") from error
    try:
        yield
    except BaseException:
        if is_new:
            output.unlink(missing_ok=True)
        raise


def _unwritable(output: Path, error: OSError, remedy: str) -> UsageError:
    return UsageError.single(
        where=f"--output {output}", expected="a file to write", found=error.strerror or str(error), remedy=remedy
    )


class _Refusals(ActionLog):
    """Tells whoever waits that a client came and there was no server for it."""

    def write(self, action: str, **facts: object) -> None:
        """Print what is not a conversation that will be recorded."""
        if action == "refused":
            why = f"no connection to {facts['connect']}: {facts['detail']}"
            click.echo(f"{why}; start the server, then the client again")


async def _record(listen: Address, connect: Address, name: str, codec: FrameCodec | None) -> str:
    """The text of the spec, when the first conversation is over. Raises UsageError and KeyboardInterrupt."""
    loop = asyncio.get_running_loop()
    recording = Recording(loop.create_future())
    with ExitStack() as opened:
        surroundings = Surroundings(
            kernel=opened.enter_context(closing(Kernel())),
            hangups=opened.enter_context(closing(Hangups())),
            log=_Refusals(None),
            capture=recording,
            metrics=Metrics(),
            codecs={},
            seed=0,
        )
        service = Service(surroundings)
        async with service.running():
            made = await service.create("shortread", listen=listen, connect=connect)
            click.echo(f"listening on {made.listener.listen}")
            await recording.ended
    return expanded(as_spec(recording, name=name, codec=codec))
