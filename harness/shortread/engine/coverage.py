"""How much of the streams was cut, by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set

from shortread.results import Coverage
from shortread.stream import Stream


def coverage_of(streams: Iterable[tuple[Stream, Set[int]]]) -> Coverage:
    """Offsets that were cut, of all offsets strictly inside the streams; `structure` tells them by place.

    Places: `between-frames`, `between-fields` of one frame, and `inside-ROLE` for each role of a field.
    """
    cut, existing = Counter[str](), Counter[str]()
    for stream, offsets in streams:
        for offset, place in _places(stream):
            existing[place] += 1
            cut[place] += offset in offsets
    return Coverage(
        offsets_cut=cut.total(),
        offsets=existing.total(),
        structure={place: (cut[place], existing[place]) for place in sorted(existing)},
    )


def _places(stream: Stream) -> Iterator[tuple[int, str]]:
    starts = frozenset(stream.frame_starts)
    for span in stream.spans():
        if 0 < span.start < span.end:
            yield span.start, "between-frames" if span.start in starts else "between-fields"
        for offset in range(span.start + 1, span.end):
            yield offset, f"inside-{span.role}"
