"""Commands of an implementation: built once, then started."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping

from shortread.errors import ImplementationError
from shortread.implementations.implementation import Implementation, build_values
from shortread.implementations.isolation.level import UNCONFINED, Sandbox, Task
from shortread.implementations.output import printed_last
from shortread.implementations.placeholders import expand
from shortread.implementations.process import RunningProcess, clean_environment, program_of


def build(implementation: Implementation, *, sandbox: Sandbox = UNCONFINED) -> None:
    """Run the build commands of the manifest, in its folder, one after the other.

    Raises ImplementationError, with what was printed last, for one that fails or when the time limit is over.
    """
    values = build_values(implementation)
    limit_seconds = implementation.manifest.time_limits.build_seconds
    deadline = time.monotonic() + limit_seconds
    for template in implementation.manifest.build:
        command = [expand(word, values) for word in template]
        with start(implementation, command, values, sandbox=sandbox) as process:
            has_ended = process.wait(max(0.0, deadline - time.monotonic()))
            death = process.death()
        sentence = death if has_ended else f"did not end within {limit_seconds:g} s"
        if sentence != "exited with status 0":
            raise failure(implementation, f"its build command `{shlex.join(command)}` {sentence}", process)


def start(
    implementation: Implementation,
    command: list[str],
    values: Mapping[str, str],
    *,
    sandbox: Sandbox = UNCONFINED,
    has_transcript: bool = False,
) -> RunningProcess:
    """Start one of its commands in its folder, in a clean environment that tells what the placeholders stand for.

    A command without a port among its values is a build, which may write to the folder. Raises ImplementationError
    when it cannot be started.
    """
    own = {name: expand(text, values) for name, text in implementation.manifest.environment.items()}
    told = {f"SHORTREAD_{name.upper()}": value for name, value in values.items()}
    try:
        confined = sandbox.confine(
            Task(
                command=tuple(command),
                program=program_of(command, implementation.folder),
                folder=implementation.folder,
                port=int(values["port"]) if "port" in values else None,
                writes_folder="port" not in values,
            )
        )
        return RunningProcess(
            confined.command,
            folder=implementation.folder,
            environment=clean_environment({**confined.environment, **told, **own}),
            has_transcript=has_transcript,
        )
    except ImplementationError as error:
        raise ImplementationError(f"{implementation.manifest.name}: {error}") from error


def failure(implementation: Implementation, sentence: str, process: RunningProcess) -> ImplementationError:
    """The error of an implementation whose process failed, with what it printed last."""
    return ImplementationError(f"{implementation.manifest.name}: {sentence}{printed_last(process.output_tail())}")
