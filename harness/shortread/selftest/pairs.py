"""Which flawed program is run against which spec: every mistake with every spec with which it can be made."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from shortread.catalogue.program import Program
from shortread.catalogue.table import CATALOGUE
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One program that makes a mistake, with the name of the spec that it serves; `words` choose it among others."""

    spec: str
    code: str
    words: str
    program: Program

    @property
    def name(self) -> str:
        """The code, and how the program is chosen."""
        return f"{self.code} {self.words}"


def answering(codec: FrameCodec) -> FrameCodec | None:
    """The codec, with what a flawed server answers; None where that is not known.

    Where the spec leaves open what a server answers it sends each message back, if that can be said at all.
    """
    spec = codec.spec
    if spec.is_recorded or spec.exchange is not None:
        return None
    if spec.reply in ("echo", "close", "transcript"):
        return codec
    return FrameCodec(spec.model_copy(update={"reply": "echo"})) if _can_be_sent_back(codec) else None


def _can_be_sent_back(codec: FrameCodec) -> bool:
    try:
        for stream in codec.streams:
            codec.counterpart.build_all(stream)
    except UnbuildableError:
        return False
    return True


def pairs_of(
    spec: str, codec: FrameCodec, codes: Collection[str] = (), *, has_all_axes: bool = False
) -> tuple[Pair, ...]:
    """The pairs of a spec, in the order of the catalogue: of each mistake the first program, or all of them.

    Without `codes` it is every mistake for which there is a program.
    """
    return tuple(
        pair
        for code in CATALOGUE
        if not codes or code in codes
        for pair in list(_chosen(spec, code, codec))[: None if has_all_axes else 1]
    )


def _chosen(spec: str, code: str, codec: FrameCodec) -> Iterator[Pair]:
    """The programs of a mistake that words can choose: the first that has them all."""
    programs = CATALOGUE[code].programs(codec)
    for program in programs:
        words = program.axes.words
        if next(one for one in programs if set(words) <= set(one.axes.words)) is program:
            yield Pair(spec=spec, code=code, words=" ".join(words), program=program)
