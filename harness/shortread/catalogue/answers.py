"""What a program says when it has understood messages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.parts.part import UnbuildableError
from shortread.stream import Frame
from shortread.value import Value


class Answers:
    """The octets with which one connection's messages are answered.

    A message that has no frame is returned as the octets that were taken for it. What is written down, where
    nothing is sent back, is a line of JSON for each message.
    """

    def __init__(self, codec: FrameCodec, known: dict[str, bytes]) -> None:
        self._codec = codec.counterpart
        self._is_written_down = codec.spec.reply == "transcript"
        self._said: list[Value] = []
        self._known = known

    def to(self, frames: Sequence[Frame]) -> bytes:
        """What is said to these messages."""
        say = self._line if self._is_written_down else self._remembered
        return b"".join(map(say, frames))

    def to_nothing(self) -> bytes:
        """What is said to an empty message; nothing where there is no such message."""
        empty = (Frame(message=message, wire=b"", spans=()) for message in ("", b""))
        return next(filter(None, map(self.octets_of, empty)), b"")

    def octets_of(self, frame: Frame) -> bytes:
        """The frame that is sent for a message."""
        if not self._codec.is_stateless:
            return self._following(frame)
        try:
            return self._codec.build(frame.message).wire
        except UnbuildableError:
            return frame.wire

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

    def _line(self, frame: Frame) -> bytes:
        message = frame.message
        entry = {"hex": message.hex()} if isinstance(message, bytes) else {"message": message}
        return json.dumps(entry, default=repr).encode() + b"\n"
