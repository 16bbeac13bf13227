"""The unfinished line at the end of a stream, which some hand out by design as if it were a whole one."""

from __future__ import annotations

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.checks import Check
from shortread.codec.parts.content import Content, Delimited
from shortread.codec.requests import Code, Violation
from shortread.stream import Frame


def line_ends(codec: FrameCodec) -> tuple[bytes, ...]:
    """What may end a message where every message is a line; none where messages are something else."""
    sequence = codec.first_sequence
    if codec.spec.is_recorded or not codec.is_stateless or sequence is None:
        return ()
    content, *behind = sequence.parts
    is_alone = all(isinstance(part, Check) for part in behind[1:])
    if is_alone and isinstance(content, Content) and isinstance(content.extent, Delimited):
        return content.extent.delimiters
    return ()


def unfinished_line(codec: FrameCodec, rest: bytes) -> Frame | None:
    """The line that the octets behind the last line end would be if one followed; its octets are the rest itself.

    None where that is no line, as with half a character, or where nobody knows which one, as with half a line end.
    """
    ends = line_ends(codec)
    if not rest or any(rest.endswith(end[:size]) for end in ends for size in range(1, len(end))):
        return None
    frames, violation = codec.parse(rest + ends[0])
    return Frame(message=frames[0].message, wire=rest, spans=()) if violation is None and len(frames) == 1 else None


def with_unfinished_line(
    codec: FrameCodec, octets: bytes, parsed: tuple[tuple[Frame, ...], Violation | None]
) -> tuple[tuple[Frame, ...], Violation | None]:
    """What a stream says where its last line counts though nothing ends it."""
    frames, violation = parsed
    if violation is None or violation.code is not Code.EOF_INSIDE:
        return parsed
    last = unfinished_line(codec, octets[sum(len(frame.wire) for frame in frames) :])
    return parsed if last is None else ((*frames, last), None)
