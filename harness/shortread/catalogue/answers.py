"""What a program says when it has understood messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.stream import Frame, Role
from shortread.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a client says of its own accord: `said[n]` once it has understood so many messages.

    After `closes_after` of them it ends the connection; None where that is for the other side to do.
    """

    said: tuple[bytes, ...]
    closes_after: int | None = None


class Answers:
    """The octets with which one connection's messages are answered, or what a client says behind them.

    A message that has no frame is returned as the octets that were taken for it, with what was made of its body. What
    is written down, where nothing is sent back, is a line of JSON for each message.
    """

    def __init__(self, codec: FrameCodec, known: dict[str, bytes], script: Script | None = None) -> None:
        self._codec = codec.counterpart
        self._is_written_down = codec.spec.reply == "transcript"
        self._said: list[Value] = []
        self._known = known
        self._script = script
        self._understood = 0

    @property
    def are_over(self) -> bool:
        """Whether it is a client who has heard everything it wanted to."""
        after = None if self._script is None else self._script.closes_after
        return after is not None and self._understood >= after

    def before_all(self) -> bytes:
        """What a client says first."""
        return b"" if self._script is None or self._is_written_down else self._script.said[0]

    def to(self, frames: Sequence[Frame]) -> bytes:
        """What is said to these messages."""
        return b"".join(map(self._say, frames))

    def to_nothing(self) -> bytes:
        """What is said to an empty message; nothing where there is no such message."""
        empty = (Frame(message=message, wire=b"", spans=()) for message in ("", b""))
        return next(filter(None, map(self._say if self._is_written_down else self.octets_of, empty)), b"")

    def octets_of(self, frame: Frame) -> bytes:
        """The frame that is sent for a message."""
        if not self._codec.is_stateless:
            return self._following(frame)
        try:
            return self._codec.build(frame.message).wire
        except UnbuildableError:
            return _with_body(frame)

    def _say(self, frame: Frame) -> bytes:
        self._understood += 1
        if self._is_written_down:
            return written_down(frame.message)
        if self._script is None:
            return self._remembered(frame)
        return b"".join(self._script.said[self._understood : self._understood + 1])

    def _remembered(self, frame: Frame) -> bytes:
        if not self._codec.is_stateless:
            return self.octets_of(frame)
        key = f"{frame.message!r} {frame.wire!r}"
        octets = self._known.get(key)
        if octets is None:
            octets = self._known[key] = self.octets_of(frame)
        return octets

    def _following(self, frame: Frame) -> bytes:
        try:
            *_, last = self._codec.build_all([*self._said, frame.message])
        except UnbuildableError:
            return frame.wire
        self._said.append(frame.message)
        return last.wire


def _with_body(frame: Frame) -> bytes:
    """The octets of a frame, with what was made of its body where that is known."""
    message = frame.message.encode() if isinstance(frame.message, str) else frame.message
    bodies = [span for span in frame.spans if span.role is Role.BODY]
    if not isinstance(message, bytes) or len(bodies) != 1:
        return frame.wire
    (body,) = bodies
    behind_bytes = sum(span.end - span.start for span in frame.spans if span.start >= body.end)
    return frame.wire[: body.start] + message + frame.wire[len(frame.wire) - behind_bytes :]


def written_down(message: Value) -> bytes:
    """A message as a line of JSON: octets, or text as its octets, and everything else as it is."""
    octets = message.encode(errors="surrogatepass") if isinstance(message, str) else message
    entry = {"hex": octets.hex()} if isinstance(octets, bytes) else {"message": message}
    return json.dumps(entry, default=lambda inner: bytes(inner).decode(errors="surrogateescape")).encode() + b"\n"
