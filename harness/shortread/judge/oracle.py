"""What a conforming implementation must have shown, judged by the octets that were delivered."""

from __future__ import annotations

from collections.abc import Sequence

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.framing import Peer, nobody
from shortread.codec.requests import Violation
from shortread.evidence import Evidence
from shortread.judge.delivered import Delivered, read_delivered, read_recorded
from shortread.judge.expectation import Expectation, Marks, ReadReplies, Reply
from shortread.judge.replies.reply_rule import ReplyRule
from shortread.judge.replies.table import rule_for
from shortread.judge.replies.transcript import Form, Transcript, read_transcript
from shortread.spec.model import Spec
from shortread.stream import Conversation, Frame, Role, Span
from shortread.value import Value


class Oracle:
    """Says what follows from any prefix of one conversation's stream; each prefix is thought about once.

    `codec` is that of the side which the harness plays. With a `transcript`, what the implementation writes down in
    that form tells what it understood. It `may_withhold` replies, by a policy of the implementation's own, while the
    next message is unfinished.
    """

    def __init__(
        self,
        codec: FrameCodec,
        conversation: Conversation,
        *,
        transcript: Form | None = None,
        may_withhold: bool = False,
    ) -> None:
        self.codec = codec
        self.spec = codec.spec
        self.may_withhold = may_withhold
        self.conversation = conversation
        self._transcript = transcript
        self._rule: ReplyRule = rule_for(codec, conversation) if transcript is None else Transcript()
        self._replies_before_close = _replies_before_close(self.spec)
        self._replies_with_its_end = codec.counterpart.framing().is_ended_by_stream
        self._expectations: dict[tuple[int, bool], Expectation] = {}

    @property
    def is_learning(self) -> bool:
        """Whether what must come back is what came back first, and nothing has come yet."""
        return self._rule.is_learning

    def learn(self, evidence: Evidence) -> None:
        """Take what came back for the whole conversation for what must come back from now on, if it can be that."""
        self._rule.learn(evidence, self._delivered(evidence.sent_bytes, half_closed=evidence.half_closed))
        self._expectations.clear()

    def ends_connection(self, delivered_bytes: int) -> bool:
        """Whether it is the implementation that ends the connection now, without a half-close of ours."""
        expectation = self.expect(delivered_bytes)
        return self._is_over(expectation.replies, delivered_bytes) and expectation.refusal is None

    def expect(self, delivered_bytes: int, *, half_closed: bool = False) -> Expectation:
        """The expectation after the first `delivered_bytes` octets of the stream, and perhaps its end."""
        key = delivered_bytes, half_closed
        found = self._expectations.get(key)
        if found is None:
            found = self._expectations[key] = self._expect(delivered_bytes, half_closed=half_closed)
        return found

    def _expect(self, delivered_bytes: int, *, half_closed: bool) -> Expectation:
        delivered = self._delivered(delivered_bytes, half_closed=half_closed)
        replies = possible = self._rule.due(delivered, delivered_bytes)
        if self.spec.reply_after == "end" and not self.spec.is_recorded:
            complete = read_delivered(
                self.codec, self.conversation, delivered_bytes, half_closed=half_closed, after="message"
            )
            possible = self._rule.due(complete, delivered_bytes)
        wires = [reply.wire for reply in replies if reply.wire is not None]
        return Expectation(
            replies=replies,
            possible=(*possible, *self._rule.may_follow(delivered, delivered_bytes)),
            wire=b"".join(wires) if len(wires) == len(replies) else None,
            is_inside_frame=delivered.is_inside_frame,
            refusal=delivered.refusal,
            may_close=self._is_over(replies, delivered_bytes)
            or self.spec.reply == "emits"
            or (bool(replies) and self._replies_with_its_end),
            is_open=self.is_learning or (self.spec.is_recorded and any(reply.wire is None for reply in replies[-1:])),
            read=self._reader(),
        )

    def _is_over(self, replies: Sequence[Reply], delivered_bytes: int) -> bool:
        """Whether the implementation ends the connection after these replies, or so much of our stream."""
        last_bytes = self.conversation.ends_after_bytes
        if last_bytes is not None:
            return delivered_bytes >= last_bytes
        return self._replies_before_close is not None and len(replies) >= self._replies_before_close

    def _delivered(self, delivered_bytes: int, *, half_closed: bool) -> Delivered:
        if self.spec.is_recorded:
            return read_recorded(self.conversation, delivered_bytes, half_closed=half_closed)
        return read_delivered(self.codec, self.conversation, delivered_bytes, half_closed=half_closed)

    def _reader(self) -> ReadReplies:
        form = self._transcript
        if form is not None:
            return lambda written, *_: read_transcript(written, form)
        return self._split if self.spec.is_recorded else self._parse

    def _parse(self, received: bytes, replies: Sequence[Reply], _: Marks) -> tuple[tuple[Frame, ...], Violation | None]:
        """Replies as the grammar of the other side tells them."""
        return self.codec.counterpart.parse(
            received, _asked_by(replies) if self.codec.counterpart.asks_peer else nobody
        )

    def _split(
        self, received: bytes, replies: Sequence[Reply], marks: Marks
    ) -> tuple[tuple[Frame, ...], Violation | None]:
        """Replies without a grammar: as long as those that were recorded, or up to where the other side paused."""
        frames, at = [], 0
        for reply in replies:
            if reply.wire is not None:
                end = at + len(reply.wire)
            else:
                end = next((came for sent, came in marks if sent >= reply.after_bytes), len(received))
            frames.append(_opaque(received[at:end]))
            at = end
        if at < len(received):
            frames.append(_opaque(received[at:]))
        return tuple(frame for frame in frames if frame.wire), None


def _replies_before_close(spec: Spec) -> int | None:
    """After how many replies the implementation ends a connection; None where that is for the client to do."""
    if spec.reply != "close":
        return None
    return 1 if spec.exchange is None else sum(step.is_expected for step in spec.exchange)


def _asked_by(replies: Sequence[Reply]) -> Peer:
    return lambda frames: replies[frames].peer if frames < len(replies) else {}


def _opaque(octets: bytes) -> Frame:
    message: Value = octets
    return Frame(message=message, wire=octets, spans=(Span(name="reply", role=Role.BODY, start=0, end=len(octets)),))
