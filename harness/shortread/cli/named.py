"""What to check, as the command line names it -> targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shortread.address import numeric, parse_address
from shortread.cli.targets import Target
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.errors import Problem, UsageError
from shortread.implementations import Implementation, find_manifests, from_command, from_function, load_manifest
from shortread.implementations.manifest import transcript_keys
from shortread.spec.library import find_spec


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
    if not named.command and (named.role != "server" or named.transcript is not None):
        raise UsageError.single(
            where="the command line",
            expected="a COMMAND beside --role and --transcript",
            found="none",
            remedy="a manifest says role: and transcript: itself",
        )
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
        "a target": bool(named.targets),
        "a command": bool(named.command),
        "--function": named.function is not None,
        "--connect": named.connect is not None,
    }
    given = [kind for kind, is_given in kinds.items() if is_given]
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
        keys |= transcript_keys(named.transcript)
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
    spec_says = codec.spec.reply is not None or codec.spec.exchange is not None or codec.spec.is_recorded
    if not has_transcript and not spec_says:
        raise UsageError.single(
            where=str(path),
            expected="a spec whose replies come back on the connection",
            found="neither reply nor exchange",
            remedy="choose another spec, or say in it how it is known what was understood: see specs/README.md",
        )
    return Target(implementation=implementation, codec=codec, words=words)
