"""The fields of a spec as a diagram: one row of boxes for each sequence, as text and as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from shortread.spec import model
from shortread.spec.fields import extent_of
from shortread.spec.lint import Place, places_of

_BOX_HEIGHT = 46
_CHARACTER_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Box:
    """One field: its name, and how large it is or what it holds."""

    name: str
    size: str

    @property
    def width(self) -> int:
        """Characters that it needs."""
        return max(len(self.name), len(self.size)) + 2


@dataclass(frozen=True, slots=True)
class Row:
    """A sequence of fields with its title."""

    title: str
    boxes: tuple[Box, ...]


def rows_of(spec: model.Spec) -> tuple[Row, ...]:
    """A row for each sequence of the spec, frames first."""
    places = sorted(places_of(spec), key=lambda place: place.path[0] == "types")
    return tuple(Row(_title(place), tuple(_boxes(place.fields))) for place in places)


def to_text(spec: model.Spec) -> str:
    """The diagram in box-drawing characters."""
    lines = [f"{spec.title} ({spec.protocol})"]
    for row in rows_of(spec):
        boxes = row.boxes
        lines += [
            "",
            row.title,
            "┌" + "┬".join("─" * box.width for box in boxes) + "┐",
            "│" + "│".join(box.name.center(box.width) for box in boxes) + "│",
            "│" + "│".join(box.size.center(box.width) for box in boxes) + "│",
            "└" + "┴".join("─" * box.width for box in boxes) + "┘",
        ]
    return "\n".join(lines) + "\n"


def to_svg(spec: model.Spec) -> str:
    """The diagram as a file of its own: no script, no reference to anything outside."""
    rows = rows_of(spec)
    width = max(sum(box.width for box in row.boxes) for row in rows) * _CHARACTER_WIDTH + 20
    height = 50 + len(rows) * (_BOX_HEIGHT + 44)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"',
        ' font-family="ui-monospace, monospace" font-size="13" role="img">',
        f"<title>{escape(spec.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="10" y="24" font-weight="bold">{escape(f"{spec.title} ({spec.protocol})")}</text>',
    ]
    top = 58
    for row in rows:
        parts += _svg_row(row, top)
        top += _BOX_HEIGHT + 44
    return "\n".join([*parts, "</svg>", ""])


def _svg_row(row: Row, top: int) -> Iterator[str]:
    yield f'<text x="10" y="{top}" fill="#555">{escape(row.title)}</text>'
    left = 10
    for box in row.boxes:
        width = box.width * _CHARACTER_WIDTH
        middle = left + width / 2
        yield (
            f'<rect x="{left}" y="{top + 8}" width="{width}" height="{_BOX_HEIGHT}" fill="#f4f6f8" stroke="#333"/>'
            f'<text x="{middle}" y="{top + 27}" text-anchor="middle">{escape(box.name)}</text>'
            f'<text x="{middle}" y="{top + 45}" text-anchor="middle" fill="#555">{escape(box.size)}</text>'
        )
        left += width


def _title(place: Place) -> str:
    words = [str(part) for part in place.path if part != "frame"]
    return " ".join(words) or "frame"


def _boxes(fields: Sequence[model.AnyField]) -> Iterator[Box]:
    for field in fields:
        match field:
            case model.BitsField():
                for name, bits in field.bits.items():
                    yield Box(name, f"{bits} bit{'s' * (bits > 1)}")
            case model.ConstField():
                yield Box(field.name or _shown(field.const), f"{len(field.const)} B")
            case model.CheckField():
                continue
            case _:
                yield Box(field.name or "", _size(field))
                extent = extent_of(field)
                ends = extent.until_any if isinstance(extent, model.UntilAny) else []
                ends = [extent.until] if isinstance(extent, model.Until) else ends
                if ends:
                    yield Box(" or ".join(map(_shown, ends)), f"{len(ends[0])} B")


def _shown(octets: bytes) -> str:
    return repr(octets).removeprefix("b")


def _size(field: model.AnyField) -> str:  # noqa: PLR0911 - one line for each kind of field
    match field:
        case model.ChecksumField():
            return f"{field.checksum}, {field.number}"
        case model.NumberField():
            digits = f" ×{field.width}" if field.width else f" ≤{field.max_digits}" if field.max_digits else ""
            what = "all" if field.counts == "all" else ", ".join(field.counts or [field.count_of or ""])
            return field.number + digits + (f" → {what}" if what else "")
        case model.ChoiceField():
            return {"when": "by condition", "peek": "by the next octet"}.get(field.choice, f"by {field.choice}")
        case model.RepeatField():
            of = field.repeat if isinstance(field.repeat, str) else "…"
            return f"{of} ×{field.count if field.count is not None else 'until'}"
        case model.TypeField():
            return field.type
        case model.HeadersField():
            return "headers"
    extent = extent_of(field)
    limit = f" ≤{field.max} B" if isinstance(field, model.ContentField) and field.max is not None else ""
    if isinstance(extent, int):
        return f"{extent} B"
    return (extent if isinstance(extent, str) else "until") + limit
