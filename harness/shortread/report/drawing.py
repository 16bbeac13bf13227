"""The smallest trial as a drawing: the frames with their fields above, the octets, the segments below.

A stream of printable text is drawn as text; any other in hexadecimal with the text below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from shortread.report.columns import Line, lay_out
from shortread.report.delivery import Delivery
from shortread.report.places import Place
from shortread.report.rulers import FIELDS, FRAMES, SEGMENTS, Row, draw_ruler

CUT = "bold red"
_QUIET = "dim"
_TEXT = {ord(" "): "␣", ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"}


def draw(delivery: Delivery, width: int) -> list[tuple[str, Text]]:
    """The drawing in at most `width` columns: rows, each with the word that belongs into its margin."""
    if not delivery.total:
        return [("stream", Text("(no octets)", style=_QUIET))]
    picture = _Picture(delivery, is_text=all(octet in _TEXT or 0x20 < octet < 0x7F for octet in delivery.sent))
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
            yield "frames", draw_ruler(FRAMES, line, _edges(delivery.frames), self.frame_names).text()
            yield "", draw_ruler(FIELDS, line, _edges(delivery.fields), self.field_names).text()
        yield "octets", self.octet_row(line).text()
        if not self.is_text:
            yield "", self.character_row(line).text()
        if delivery.segments and line.start < len(delivery.sent):
            yield "segments", self.segment_row(line)

    def shown(self, start: int, end: int) -> str:
        if end - start > 1:
            cuts = sum(start < cut < end for cut in self.delivery.cuts)
            return f"… {end - start:,} octets{f', {cuts:,} cuts' if cuts else ''} …"
        if start >= len(self.delivery.sent):
            return "░" if self.is_text else "░░"
        octet = self.delivery.sent[start]
        return _TEXT.get(octet, chr(octet)) if self.is_text else f"{octet:02x}"

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
        return _names("frame", [frame.frame for frame in _over(self.delivery.frames, start, end)])

    def field_names(self, start: int, end: int) -> Sequence[str]:
        fields = _over(self.delivery.fields, start, end)
        label = fields[0].label if len(fields) == 1 else ""
        return [label, *(f"{label[:length]}…" for length in range(len(label) - 1, 1, -1))]

    def segment_names(self, start: int, end: int) -> Sequence[str]:
        segments = enumerate(self.delivery.segments, 1)
        return _names("segment", [number for number, (first, last) in segments if first < end and start < last])


def _put_signs(row: Row, columns: Mapping[int, int], offsets: Sequence[int], sign: str) -> None:
    for offset in offsets:
        if offset in columns:
            row.put(columns[offset], sign, CUT)


def _edges(places: Sequence[Place]) -> set[int]:
    return {edge for place in places for edge in (place.start, place.end)}


def _over(places: Sequence[Place], start: int, end: int) -> list[Place]:
    return [place for place in places if place.start < end and start < place.end]


def _names(noun: str, numbers: Sequence[int]) -> Sequence[str]:
    if len(numbers) == 1:
        return (f"{noun} {numbers[0]}", f"{numbers[0]}")
    return (f"{noun}s {numbers[0]} to {numbers[-1]}", f"{numbers[0]}–{numbers[-1]}") if numbers else ()
