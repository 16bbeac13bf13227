"""From a spec's file to its codec, with its sample messages proven to have frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
    problems = [] if spec.direction("client").frame == "raw" else list(_unbuildable_messages(codec, spec, document))
    if problems:
        raise UsageError(problems)
    return codec


def _unbuildable_messages(codec: FrameCodec, spec: Spec, document: Document) -> Iterator[Problem]:
    for number, stream in enumerate(codec.streams):
        path = ("messages", number) if stream is spec.messages[number] else ("messages",)
        for at in range(len(stream)):
            try:
                # Where a frame leads to another phase, a message can be built only behind those before it.
                codec.build_all(stream[: at + 1] if not codec.is_stateless else [stream[at]])
            except UnbuildableError as error:
                yield Problem(
                    where=document.where((*path, at)),
                    expected=f"a message that has a frame: {error.field} of {error.expected}",
                    found=error.found,
                    remedy="change the message or the limit",
                )
                if not codec.is_stateless:
                    break
