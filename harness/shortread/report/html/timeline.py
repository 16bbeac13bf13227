"""The smallest trial as shapes with their places: frames and fields above the octets, segments and cuts below.

Which octets are shown, and where a line breaks, is decided as for the terminal; one column there is some pixels here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortread.report.amounts import amount
from shortread.report.columns import Cell, Line, lay_out
from shortread.report.cuts import describe
from shortread.report.delivery import Delivery, delivery_of
from shortread.report.labels import numbered, shortened
from shortread.report.octets import as_character, in_hexadecimal
from shortread.report.places import Place, edges_of, overlapping
from shortread.report.printable import elide
from shortread.results import FindingEvidence

_COLUMNS = 92
"""The widest line, in columns as the terminal has them: two for an octet and one before it."""
_COLUMN_PIXELS = 11
_CHARACTER_PIXELS = 8
_MARGIN_PIXELS = 80
_LINE_PIXELS = 118
_LABELS_PIXELS = 20
"""What a line needs besides where it has labels of cuts."""
_LABEL_GAP_PIXELS = 8
_LONGEST_ALTERNATIVE = 1_200
_MOST_FRAMES_TOLD = 8

Names = Callable[[Sequence[Place]], Sequence[str]]
"""What may stand in a box for these places, longest first; the first that fits does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A frame, a field or a segment, from `x` on; `kind` chooses how it looks."""

    x: int
    width: int
    label: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Octet:
    """One octet around `x`, or several that are elided and only counted."""

    x: int
    shown: str
    character: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A place between two octets where a segment ends, or where sending ended; without a label where it is crowded."""

    x: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One line of the drawing, `y` pixels below its top."""

    y: int
    height: int
    width: int
    frames: tuple[Box, ...]
    fields: tuple[Box, ...]
    octets: tuple[Octet, ...]
    segments: tuple[Box, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The drawing, what it says in words (`alternative`), and sentences about cuts with a word before them."""

    width: int
    height: int
    strips: tuple[Strip, ...]
    alternative: str
    sentences: tuple[tuple[str, tuple[str, ...]], ...]


def timeline_of(evidence: FindingEvidence) -> Timeline:
    """Put the drawing together; without strips where nothing was sent and no frame was due."""
    delivery = delivery_of(evidence)
    strips = tuple(_strips(delivery)) if delivery.total else ()
    sentences = tuple((word, tuple(lines)) for word, lines in describe(delivery))
    return Timeline(
        width=max((strip.width for strip in strips), default=0),
        height=sum(strip.height for strip in strips),
        strips=strips,
        alternative=elide(". ".join(_alternative(delivery)), _LONGEST_ALTERNATIVE),
        sentences=sentences,
    )


def _strips(delivery: Delivery) -> Iterator[Strip]:
    def measure(start: int, end: int) -> int:
        return len(in_hexadecimal(delivery, start, end))

    lines = lay_out(delivery.total, delivery.edges, delivery.fields, measure, _COLUMNS)
    segments = [
        Place(frame=number, name="segment", role="segment", start=start, end=end)
        for number, (start, end) in enumerate(delivery.segments, 1)
    ]
    y = 0
    for line in lines:
        ruler = _Ruler(line)
        cuts = tuple(_cuts(delivery, ruler))
        height = _LINE_PIXELS + (_LABELS_PIXELS if cuts else 0)
        yield Strip(
            y=y,
            height=height,
            width=max(ruler.x(line.end), *(_right_of(cut) for cut in cuts), 0) + _LABEL_GAP_PIXELS,
            frames=tuple(ruler.boxes(delivery.frames, _numbered("frame"))),
            fields=tuple(ruler.boxes(delivery.fields, _labelled)),
            octets=tuple(_octet(delivery, cell, ruler) for cell in line.cells),
            segments=tuple(ruler.boxes(segments, _numbered("segment"))),
            cuts=cuts,
        )
        y += height


class _Ruler:
    """Stream offsets of one line as places in the drawing."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._columns = line.columns()

    def sees(self, offset: int) -> bool:
        return offset in self._columns

    def x(self, offset: int) -> int:
        return _MARGIN_PIXELS + self._columns[offset] * _COLUMN_PIXELS

    def boxes(self, places: Sequence[Place], names: Names) -> Iterator[Box]:
        """A box between every two edges that are seen, for the one place there or, where octets are elided, several."""
        stops = sorted(set(filter(self.sees, edges_of(places))) | {self.line.start, self.line.end})
        for start, end in pairwise(stops):
            over = overlapping(places, start, end)
            if over:
                x, width = self.x(start), self.x(end) - self.x(start)
                label = next((name for name in names(over) if _pixels(name) <= width), "")
                yield Box(x=x, width=width, label=label, kind=_kind(over))


def _numbered(noun: str) -> Names:
    return lambda places: numbered(noun, [place.frame for place in places])


def _labelled(places: Sequence[Place]) -> Sequence[str]:
    return shortened(places[0].label) if len(places) == 1 else ()


def _kind(places: Sequence[Place]) -> str:
    return "even" if places[0].frame % 2 == 0 else "odd"


def _octet(delivery: Delivery, cell: Cell, ruler: _Ruler) -> Octet:
    is_sent = cell.start < len(delivery.sent)
    kind = "elided" if cell.is_elided else "sent" if is_sent else "unsent"
    return Octet(
        x=(ruler.x(cell.start) + ruler.x(cell.end)) // 2,
        shown=in_hexadecimal(delivery, cell.start, cell.end),
        character=as_character(delivery.sent[cell.start]) if kind == "sent" else "",
        kind=kind,
    )


def _cuts(delivery: Delivery, ruler: _Ruler) -> Iterator[Cut]:
    labels = {cut: f"cut at {cut:,}" for cut in delivery.cuts}
    labels |= {edge: "sending stopped" for edge in delivery.edges if edge not in labels}
    if delivery.end:
        labels[len(delivery.sent)] = delivery.end
    free_from = 0
    for offset in sorted(filter(ruler.sees, labels)):
        cut = Cut(x=ruler.x(offset), label=labels[offset])
        fits = cut.x >= free_from
        yield cut if fits else Cut(x=cut.x, label="")
        free_from = _right_of(cut) + _LABEL_GAP_PIXELS if fits else free_from


def _right_of(cut: Cut) -> int:
    return cut.x + _pixels(f"▲ {cut.label}")


def _pixels(text: str) -> int:
    return len(text) * _CHARACTER_PIXELS


def _alternative(delivery: Delivery) -> Iterator[str]:
    yield (
        f"The smallest trial: {delivery.total:,} octets, {len(delivery.sent):,} of them sent, "
        f"as {amount(len(delivery.segments), 'segment')}"
    )
    for frame in delivery.frames[:_MOST_FRAMES_TOLD]:
        fields = ", ".join(
            f"{field.name} {field.start:,} to {field.end:,}" for field in delivery.fields if field.frame == frame.frame
        )
        yield f"Frame {frame.frame}, octets {frame.start:,} to {frame.end:,}: {fields}"
    hidden = len(delivery.frames) - _MOST_FRAMES_TOLD
    if hidden > 0:
        yield f"And {hidden:,} more frames"
