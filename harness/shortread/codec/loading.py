"""From a spec's file to its codec, with its sample messages proven to have frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.errors import Problem, UsageError
from shortread.spec.library import load_spec
from shortread.spec.model import Spec
from shortread.spec.yaml12 import Document


def load_codec(path: Path) -> FrameCodec:
    """Load a spec and make it ready. Raises UsageError with every problem in it."""
    spec, document = load_spec(path)
    codec = FrameCodec(spec)
    problems = list(_unbuildable(codec, spec, document))
    if problems:
        raise UsageError(problems)
    return codec


def _unbuildable(codec: FrameCodec, spec: Spec, document: Document) -> Iterator[Problem]:
    if spec.exchange is not None:
        sending = [number for number, step in enumerate(spec.exchange) if step.is_sent]
        for number in sending:
            try:
                _ = Exchange(codec, spec.exchange[: number + 1]).frames
            except UnbuildableError as error:
                yield _problem(error, document, ("exchange", number, "send"))
                return
    if not spec.is_recorded and spec.direction("client").frame != "raw" and spec.messages:
        yield from _unbuildable_messages(codec, spec, document)


def _unbuildable_messages(codec: FrameCodec, spec: Spec, document: Document) -> Iterator[Problem]:
    for number, stream in enumerate(codec.streams):
        path = ("messages", number) if stream is spec.messages[number] else ("messages",)
        for at in range(len(stream)):
            try:
                # Where a frame leads to another phase, a message can be built only behind those before it.
                codec.build_all(stream[: at + 1] if not codec.is_stateless else [stream[at]])
            except UnbuildableError as error:
                yield _problem(error, document, (*path, at))
                if not codec.is_stateless:
                    break


def _problem(error: UnbuildableError, document: Document, path: tuple[str | int, ...]) -> Problem:
    return Problem(
        where=document.where(path),
        expected=f"a message that has a frame: {error.field} of {error.expected}",
        found=error.found,
        remedy="change the message or the limit",
    )
