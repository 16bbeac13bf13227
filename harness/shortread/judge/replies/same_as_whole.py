"""Nothing is written down: whatever came back for the whole conversation must come back however it is cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from shortread.codec.frame_codec import FrameCodec
from shortread.evidence import Evidence
from shortread.expected import Anything, Exactly, Expected, Items, Members
from shortread.judge.delivered import Delivered
from shortread.judge.expectation import Reply
from shortread.value import Value


class SameAsWhole:
    """Learns from a trial in which each message was sent alone, and answered before the next.

    What came behind the last answer was said to the end of the stream: what that would be at another place, nobody
    knows.
    """

    def __init__(self, codec: FrameCodec) -> None:
        self._codec = codec
        self._volatile = tuple(codec.spec.volatile)
        self._learned: tuple[Reply, ...] = ()
        self._at_end: tuple[Reply, ...] = ()
        self._whole_bytes = 0

    @property
    def is_learning(self) -> bool:
        """Whether nothing has been seen yet."""
        return not (self._learned or self._at_end)

    def learn(self, evidence: Evidence, delivered: Delivered) -> None:
        """Take what had come back at each wait for what must come back by then; nothing if it does not parse."""
        waits = [(wait.sent_bytes, wait.received_bytes) for wait in evidence.waits]
        marks = [(0, 0), *waits, (evidence.sent_bytes, len(evidence.received))]
        pieces = [(sent_bytes, evidence.received[start:end]) for (_, start), (sent_bytes, end) in pairwise(marks)]
        if self._codec.spec.is_recorded:
            *replies, at_end = [[_opaque(sent_bytes, octets)] if octets else [] for sent_bytes, octets in pieces]
        else:
            *replies, at_end = self._parsed(pieces, delivered)
        self._learned, self._at_end = tuple(chain(*replies)), tuple(at_end)
        self._whole_bytes = evidence.sent_bytes

    def due(self, delivered: Delivered, delivered_bytes: int) -> tuple[Reply, ...]:
        """What had come back when so much was complete."""
        complete_bytes = delivered.ends[-1] if delivered.ends else 0
        is_over = delivered.half_closed and not delivered.is_inside_frame and delivered.refusal is None
        if is_over:
            complete_bytes = delivered_bytes
        due = tuple(reply for reply in self._learned if reply.after_bytes <= complete_bytes)
        return (*due, *self._at_end) if is_over and delivered_bytes == self._whole_bytes else due

    def may_follow(self, delivered: Delivered, delivered_bytes: int) -> tuple[Reply, ...]:
        """Whatever it is that is said to the end of the stream where that is another end."""
        if not delivered.half_closed or delivered_bytes == self._whole_bytes:
            return ()
        return tuple(replace(reply, expected=Anything(), wire=None) for reply in self._at_end)

    def _parsed(self, pieces: Sequence[tuple[int, bytes]], delivered: Delivered) -> list[list[Reply]]:
        asked: Mapping[str, Value] = {}
        receiver = self._codec.counterpart.receiver(lambda _: asked)
        replies: list[list[Reply]] = []
        for number, (sent_bytes, octets) in enumerate(pieces, start=1):
            asked = delivered.asked_at(sent_bytes)
            frames = receiver.feed(octets)
            if number == len(pieces):
                frames = [*frames, *receiver.end()[0]]
            replies.append(
                [
                    Reply(
                        expected=without_volatile(frame.message, self._volatile),
                        wire=None if self._volatile else frame.wire,
                        after_bytes=sent_bytes,
                        peer=asked,
                    )
                    for frame in frames
                ]
            )
        is_refused_in_text = receiver.violation is not None and delivered.refusal is not None
        return replies if receiver.violation is None or is_refused_in_text else [[] for _ in pieces]


def _opaque(sent_bytes: int, octets: bytes) -> Reply:
    return Reply(expected=Exactly(octets), wire=octets, after_bytes=sent_bytes)


def without_volatile(message: Value, volatile: tuple[str, ...]) -> Expected:
    """What is expected where the fields and members that are named may differ."""
    if not volatile or not isinstance(message, Mapping):
        return Exactly(message)
    members: list[tuple[str, Expected]] = []
    for name, value in message.items():
        inner = tuple(one.removeprefix(f"{name}.").lower() for one in volatile if one.startswith(f"{name}."))
        if name in volatile:
            members.append((name, Anything()))
        else:
            members.append((name, _without_members(value, inner)))
    return Members(tuple(members))


def _without_members(value: Value, volatile: tuple[str, ...]) -> Expected:
    """The same for headers, which are a list of names and values, and for mappings."""
    if volatile and isinstance(value, tuple):
        return Items(
            tuple(
                Items((Exactly(line[0]), Anything()))
                if isinstance(line, tuple) and str(line[0]).lower() in volatile
                else Exactly(line)
                for line in value
            )
        )
    if volatile and isinstance(value, Mapping):
        return Members(
            tuple((name, Anything() if name.lower() in volatile else Exactly(item)) for name, item in value.items())
        )
    return Exactly(value)
