"""How much of the streams was cut, by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from shortread.results import Coverage
from shortread.stream import Stream


def coverage_of(streams: Iterable[tuple[Stream, bytes | bytearray]]) -> Coverage:
    """Offsets that were cut, of all offsets strictly inside the streams; `structure` tells them by place.

    With each stream comes an octet for each of its offsets, 1 where it was cut; what is missing was not.

    Places: `between-frames`, `between-fields` of one frame, and `inside-ROLE` for each role of a field.
    """
    cut, existing = Counter[str](), Counter[str]()
    for stream, is_cut in streams:
        for place, start, end in _places(stream):
            existing[place] += end - start
            cut[place] += is_cut.count(1, start, end)
    return Coverage(
        offsets_cut=cut.total(),
        offsets=existing.total(),
        structure={place: (cut[place], existing[place]) for place in sorted(existing)},
    )


def _places(stream: Stream) -> Iterator[tuple[str, int, int]]:
    """Each place with its first offset and the one behind its last: streams may have millions of them."""
    starts = frozenset(stream.frame_starts)
    for span in stream.spans():
        if 0 < span.start < span.end:
            yield "between-frames" if span.start in starts else "between-fields", span.start, span.start + 1
        if span.start + 1 < span.end:
            yield f"inside-{span.role}", span.start + 1, span.end
