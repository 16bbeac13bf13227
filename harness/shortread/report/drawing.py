"""The smallest trial as a drawing: the frames with their fields above, the octets, the segments below.

A stream of printable text is drawn as text; any other in hexadecimal with the text below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from shortread.report.columns import Line, lay_out
from shortread.report.delivery import Delivery
from shortread.report.labels import numbered, shortened
from shortread.report.octets import as_character, in_hexadecimal, is_text
from shortread.report.places import edges_of, overlapping
from shortread.report.rulers import FIELDS, FRAMES, SEGMENTS, Row, draw_ruler

CUT = "bold red"
_QUIET = "dim"


def draw(delivery: Delivery, width: int) -> list[tuple[str, Text]]:
    """The drawing in at most `width` columns: rows, each with the word that belongs into its margin."""
    if not delivery.total:
        return [("stream", Text("(no octets)", style=_QUIET))]
    picture = _Picture(delivery, is_text=is_text(delivery.sent))
    rows: list[tuple[str, Text]] = []
    for line in picture.lines(width):
        rows += [("", Text())] if rows else []
        rows += picture.rows(line)
    return rows


@dataclass(frozen=True, slots=True)
class _Picture:
    delivery: Delivery
    is_text: bool

    def lines(self, width: int) -> list[Line]:
        delivery = self.delivery
        return lay_out(delivery.total, delivery.edges, delivery.fields, lambda *part: len(self.shown(*part)), width)

    def rows(self, line: Line) -> Iterator[tuple[str, Text]]:
        delivery = self.delivery
        if delivery.frames:
            yield "frames", draw_ruler(FRAMES, line, edges_of(delivery.frames), self.frame_names).text()
            yield "", draw_ruler(FIELDS, line, edges_of(delivery.fields), self.field_names).text()
        yield "octets", self.octet_row(line).text()
        if not self.is_text:
            yield "", self.character_row(line).text()
        if delivery.segments and line.start < len(delivery.sent):
            yield "segments", self.segment_row(line)

    def shown(self, start: int, end: int) -> str:
        if not self.is_text or end - start > 1:
            return in_hexadecimal(self.delivery, start, end)
        return as_character(self.delivery.sent[start]) if start < len(self.delivery.sent) else "░"

    def octet_row(self, line: Line) -> Row:
        row = Row(line.width)
        columns = line.columns()
        for cell in line.cells:
            is_quiet = cell.is_elided or cell.start >= len(self.delivery.sent)
            row.put(columns[cell.start] + 1, self.shown(cell.start, cell.end), _QUIET if is_quiet else "")
        _put_signs(row, columns, self.delivery.edges, "┃")
        return row

    def character_row(self, line: Line) -> Row:
        row = Row(line.width)
        columns = line.columns()
        for cell in line.cells:
            if not cell.is_elided and cell.start < len(self.delivery.sent):
                octet = self.delivery.sent[cell.start]
                row.put(columns[cell.start] + 1, chr(octet) if 0x20 <= octet < 0x7F else "·", _QUIET)
        _put_signs(row, columns, self.delivery.edges, "┃")
        return row

    def segment_row(self, line: Line) -> Text:
        edges = [0, *(end for _, end in self.delivery.segments)]
        row = draw_ruler(SEGMENTS, line, edges, self.segment_names)
        columns = line.columns()
        inner = [cut for cut in self.delivery.cuts if line.start < cut < line.end]
        _put_signs(row, columns, inner, "┸")
        text = row.text()
        if self.delivery.end is not None and len(self.delivery.sent) in columns:
            text.append(f" {self.delivery.end}", CUT)
        return text

    def frame_names(self, start: int, end: int) -> Sequence[str]:
        return numbered("frame", [frame.frame for frame in overlapping(self.delivery.frames, start, end)])

    def field_names(self, start: int, end: int) -> Sequence[str]:
        fields = overlapping(self.delivery.fields, start, end)
        return shortened(fields[0].label) if len(fields) == 1 else ()

    def segment_names(self, start: int, end: int) -> Sequence[str]:
        segments = enumerate(self.delivery.segments, 1)
        return numbered("segment", [number for number, (first, last) in segments if first < end and start < last])


def _put_signs(row: Row, columns: Mapping[int, int], offsets: Sequence[int], sign: str) -> None:
    for offset in offsets:
        if offset in columns:
            row.put(columns[offset], sign, CUT)
