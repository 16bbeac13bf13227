"""In words, what a drawing shows: where each cut falls, what shares a segment, and where sending stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shortread.report.amounts import amount
from shortread.report.delivery import Delivery
from shortread.report.places import Place, overlapping

_MOST_LINES = 4


def describe(delivery: Delivery) -> list[tuple[str, list[str]]]:
    """A word for the margin and the sentences beside it; nothing where there is nothing to say."""
    described = [
        ("cuts" if len(delivery.cuts) > 1 else "cut", list(_cuts(delivery))),
        ("shared", list(_shared(delivery))),
        ("end", list(_end(delivery))),
    ]
    return [(word, _shortened(sentences)) for word, sentences in described if sentences]


def _cuts(delivery: Delivery) -> Iterator[str]:
    cuts = delivery.cuts
    if len(cuts) > _MOST_LINES and cuts == tuple(range(1, len(delivery.sent))):
        yield f"after each of the {len(delivery.sent):,} octets"
    else:
        yield from (_cut(delivery, cut) for cut in cuts)


def _cut(delivery: Delivery, cut: int) -> str:
    pause = ", after the replies to what came before" if cut in delivery.awaited else ""
    return f"at {cut:,}, {_place(delivery, cut)}{pause}"


def _place(delivery: Delivery, offset: int) -> str:
    inside = next((field for field in delivery.fields if field.start < offset < field.end), None)
    if inside is not None:
        place = f"inside {_name(inside)}{_of_frame(delivery, inside)}"
        return f"{place}, after {offset - inside.start:,} of its {inside.octets:,} octets"
    before_it = next((field for field in delivery.fields if field.end == offset), None)
    after_it = next((field for field in delivery.fields if field.start == offset), None)
    if before_it is None or after_it is None:
        return f"after {offset:,} of {amount(delivery.total, 'octet')}"
    if before_it.frame != after_it.frame:
        return f"between frame {before_it.frame} and frame {after_it.frame}"
    return f"between {_name(before_it)} and {_name(after_it)}{_of_frame(delivery, after_it)}"


def _shared(delivery: Delivery) -> Iterator[str]:
    for number, (start, end) in enumerate(delivery.segments, 1):
        frames = overlapping(delivery.frames, start, end)
        if len(frames) > 1:
            yield f"segment {number} carries {_enumerated(frames, start, end)}"


def _enumerated(frames: Sequence[Place], start: int, end: int) -> str:
    if len(frames) > 3:
        return f"octets of {len(frames):,} frames, {frames[0].frame} to {frames[-1].frame}"
    parts = [_part(frame, start, end) for frame in frames]
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"


def _part(frame: Place, start: int, end: int) -> str:
    if frame.start < start:
        return f"the rest of {frame.name}"
    return f"the start of {frame.name}" if frame.end > end else frame.name


def _end(delivery: Delivery) -> Iterator[str]:
    sent, unsent = len(delivery.sent), delivery.total - len(delivery.sent)
    if delivery.end is None and not unsent:
        return
    what = delivery.end or "sending stopped"
    if not unsent:
        yield f"{what} after the last octet"
    elif not sent:
        yield f"{what} before the first octet"
    else:
        yield f"{what} at {sent:,}, {_place(delivery, sent)}; {amount(unsent, 'octet')} never sent"


def _name(field: Place) -> str:
    return f"the {field.role}" if field.name == field.role else field.name


def _of_frame(delivery: Delivery, field: Place) -> str:
    return f" of frame {field.frame}" if len(delivery.frames) > 1 else ""


def _shortened(sentences: list[str]) -> list[str]:
    hidden = len(sentences) - _MOST_LINES
    return sentences if hidden <= 1 else [*sentences[:_MOST_LINES], f"and {hidden:,} more"]
