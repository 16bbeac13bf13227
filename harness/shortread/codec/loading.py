"""From a spec's file to its codec, with its sample messages proven to have frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from shortread.codec.exchange import Exchange
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.errors import Problem, UsageError
from shortread.spec.library import load_spec
from shortread.spec.model import Spec
from shortread.spec.yaml12 import Document
from shortread.value import Value


def load_codec(path: Path) -> FrameCodec:
    """Load a spec and make it ready. Raises UsageError with every problem in it."""
    return load(path)[0]


def load(path: Path) -> tuple[FrameCodec, Document]:
    """The same, with the document, which knows the place of each message. Raises UsageError."""
    spec, document = load_spec(path)
    codec = FrameCodec(spec)
    # Where the implementation sends by itself, the messages are what the other side says.
    saying = codec.counterpart if spec.reply == "emits" else codec
    problems = list(_unbuildable(saying, spec, document))
    if problems:
        raise UsageError(problems)
    return codec, document


def _unbuildable(codec: FrameCodec, spec: Spec, document: Document) -> Iterator[Problem]:
    if spec.exchange is not None:
        steps = spec.exchange
        sending = [number for number, step in enumerate(steps) if step.is_sent]
        refused = _first_refused(len(sending), lambda count: Exchange(codec, steps[: sending[count - 1] + 1]).frames)
        if refused is not None:
            at, error = refused
            yield _problem(error, document, ("exchange", sending[at], "send"))
            return
    if not spec.is_recorded and spec.direction(codec.side).frame != "raw" and spec.messages:
        for number, stream in enumerate(codec.streams):
            path = ("messages", number) if stream is spec.messages[number] else ("messages",)
            for at, error in _unbuildable_messages(codec, stream):
                yield _problem(error, document, (*path, at))


def _unbuildable_messages(codec: FrameCodec, stream: Sequence[Value]) -> Iterator[tuple[int, UnbuildableError]]:
    """The places of the messages of a stream that have no frame, each with the reason."""
    if not codec.is_stateless:
        # Where a frame leads to another phase, a message can be built only behind those before it.
        refused = _first_refused(len(stream), lambda count: codec.build_all(stream[:count]))
        if refused is not None:
            yield refused
        return
    for at, message in enumerate(stream):
        try:
            codec.build(message)
        except UnbuildableError as error:
            yield at, error


def _first_refused(size: int, build: Callable[[int], object]) -> tuple[int, UnbuildableError] | None:
    """The place of the first message that has no frame; `build` builds so many of them.

    All are built at once, and only where that fails is the place searched for, as streams may be long.
    """
    refused: UnbuildableError | None = None
    good, bad = 0, size + 1
    count = size
    while bad - good > 1 and count:
        try:
            build(count)
            good = count
        except UnbuildableError as error:
            refused, bad = error, count
        count = (good + bad) // 2
    return None if refused is None else (bad - 1, refused)


def _problem(error: UnbuildableError, document: Document, path: tuple[str | int, ...]) -> Problem:
    return Problem(
        where=document.where(path),
        expected=f"a message that has a frame: {error.field} of {error.expected}",
        found=error.found,
        remedy="change the message or the limit",
    )
