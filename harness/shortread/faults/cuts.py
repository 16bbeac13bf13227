"""Where a stream can be cut, and which of these places are worth it when there are too many."""

from __future__ import annotations

from itertools import islice

from shortread.schedule import AwaitReply, Schedule, Send
from shortread.stream import Frame, Role, Stream

EVERY_OFFSET_UP_TO_BYTES = 256
"""Streams up to this long are cut everywhere; longer ones at the places that structure or habit make special."""

_MOST_CHARACTERS = 32
"""Cuts inside characters in one stream; more of them show nothing else."""

_MOST_IN_A_SPAN = 64
"""Cuts inside one length, delimiter or row of escapes."""

_USUAL_READ_SIZES = (1024, 1460, 2048, 4096, 8192, 16384, 32768, 65536)


def in_pieces(stream: Stream, piece_bytes: int) -> Schedule:
    """All messages in segments of one size, which is smaller than the stream."""
    return Schedule((Send(0, len(stream.wire), piece_bytes), AwaitReply()))


def places_inside(frame: Frame) -> tuple[int, ...]:
    """After the first octet, behind the first field, in the middle, and before the last octet."""
    size = len(frame.wire)
    places = {1, frame.spans[0].end, size // 2, size - 1}
    return tuple(sorted(place for place in places if 0 < place < size))


def cut_offsets(stream: Stream) -> tuple[int, ...]:
    """Offsets strictly inside the stream, in order: all of them, or the special ones of a long stream."""
    size = len(stream.wire)
    return tuple(range(1, size)) if size <= EVERY_OFFSET_UP_TO_BYTES else special_offsets(stream)


def special_offsets(stream: Stream) -> tuple[int, ...]:
    """Offsets strictly inside the stream that structure or habit make special, in order.

    They are every edge of a field and one octet to either side, every octet inside a length, a delimiter, an escape or
    a character of several octets, and the sizes that people give to `recv()`, one less and one more.
    """
    size = len(stream.wire)
    offsets = {near for offset in _USUAL_READ_SIZES for near in (offset - 1, offset, offset + 1)}
    for span in stream.spans():
        if span.role in (Role.LENGTH, Role.DELIMITER, Role.ESCAPE):
            offsets.update(range(span.start, min(span.end, span.start + _MOST_IN_A_SPAN)))
        offsets.update(near for edge in (span.start, span.end) for near in (edge - 1, edge, edge + 1))
    inside_characters = (offset for offset, octet in enumerate(stream.wire) if octet & 0xC0 == 0x80)
    offsets.update(islice(inside_characters, _MOST_CHARACTERS))
    return tuple(sorted(offset for offset in offsets if 0 < offset < size))
