"""What a conforming implementation must have shown, judged by the octets that were delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.framing import Peer, nobody
from shortread.codec.requests import Violation
from shortread.evidence import Evidence
from shortread.expected import Anything
from shortread.judge.delivered import Delivered, read_delivered, read_recorded
from shortread.judge.expectation import Expectation, Marks, ReadReplies, Reply
from shortread.judge.manner import PLAIN, Manner
from shortread.judge.replies.reply_rule import ReplyRule
from shortread.judge.replies.table import rule_for
from shortread.judge.replies.transcript import Form, Remark, Transcript, read_remarks, read_transcript
from shortread.judge.unfinished_line import unfinished_line, with_unfinished_line
from shortread.spec.model import Spec
from shortread.stream import Conversation, Frame, Role, Span
from shortread.value import Value


class Oracle:
    """Says what follows from any prefix of one conversation's stream; each prefix is thought about once.

    `codec` is that of the side which the harness plays. With a `transcript`, what the implementation writes down in
    that form tells what it understood. `manner` is what it does in its own way.
    """

    def __init__(
        self,
        codec: FrameCodec,
        conversation: Conversation,
        *,
        transcript: Form | None = None,
        manner: Manner = PLAIN,
    ) -> None:
        self.codec = codec
        self.spec = codec.spec
        self.manner = manner
        self.conversation = conversation
        self._transcript = transcript
        self._rule: ReplyRule = rule_for(codec, conversation) if transcript is None else Transcript()
        self._replies_before_close = None if manner.is_client else _replies_before_close(self.spec)
        self._replies_with_its_end = not manner.is_client and codec.counterpart.framing().is_ended_by_stream
        self._expectations: dict[tuple[int, bool], Expectation] = {}

    def of(self, conversation: Conversation) -> Oracle:
        """The same for another conversation."""
        return Oracle(self.codec, conversation, transcript=self._transcript, manner=self.manner)

    @property
    def is_written_down(self) -> bool:
        """Whether what was understood is written down, instead of replied."""
        return self._transcript is not None

    @property
    def may_reply_early(self) -> bool:
        """Whether a reply may come before its message is complete."""
        declared = self.manner.may_reply_early
        return self.spec.early_reply == "allowed" if declared is None else declared

    @property
    def tells_errors_apart(self) -> bool:
        """Whether what it writes down of a message can be no word about an error."""
        return self._transcript is not None and self._transcript != "lines"

    @property
    def is_learning(self) -> bool:
        """Whether what must come back is what came back first, and nothing has come yet."""
        return self._rule.is_learning

    def learn(self, evidence: Evidence) -> None:
        """Take what came back for the whole conversation for what must come back from now on, if it can be that."""
        self._rule.learn(evidence, self._delivered(evidence.sent_bytes, half_closed=evidence.half_closed))
        self._expectations.clear()

    def remarks(self, received: bytes) -> tuple[Remark, ...]:
        """What a program says of the stream itself among what it wrote down; a function has nobody to say it to."""
        return read_remarks(received) if self._transcript == "json-lines" and self.manner.makes_remarks else ()

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
        may_close = (
            self._is_over(replies, delivered_bytes)
            or self.spec.reply == "emits"
            or (bool(replies) and self._replies_with_its_end)
        )
        expectation = Expectation(
            replies=replies,
            possible=(*possible, *self._rule.may_follow(delivered, delivered_bytes)),
            is_inside_frame=delivered.is_inside_frame,
            refusal=delivered.refusal,
            may_close=may_close,
            is_open=self.is_learning or (self.spec.is_recorded and any(reply.wire is None for reply in replies[-1:])),
            may_be_over=may_close or delivered.is_over or delivered.refusal is not None,
            is_well_formed=delivered.is_well_formed,
            read=self._reader(),
        )
        if half_closed and self.manner.delivers_unfinished_line:
            return self._with_unfinished_line(expectation, delivered, delivered_bytes)
        return expectation

    def _with_unfinished_line(self, whole: Expectation, delivered: Delivered, delivered_bytes: int) -> Expectation:
        """The same for whoever takes the end of the stream for that of a line.

        Its reply is due where it is known which line it is and what follows from it, and possible where it is not.
        """
        complete_bytes = delivered.ends[-1] if delivered.ends else 0
        line = unfinished_line(self.codec, self.conversation.stream.wire[complete_bytes:delivered_bytes])
        if line is None and not delivered.is_inside_frame:
            return whole
        unfinished = Reply(expected=Anything(), wire=None, after_bytes=delivered_bytes)
        if line is not None:
            ended = replace(delivered, frames=(*delivered.frames, line), ends=(*delivered.ends, delivered_bytes))
            due = self._rule.due(ended, delivered_bytes)
            if len(due) == len(whole.replies) + 1:
                unfinished = due[-1]
        is_known = not isinstance(unfinished.expected, Anything)
        return replace(
            whole,
            replies=(*whole.replies, unfinished) if is_known else whole.replies,
            possible=(*whole.possible, unfinished),
            is_inside_frame=delivered.is_inside_frame and line is None,
            refusal=None if line is not None else whole.refusal,
            is_well_formed=False,
            read=self._reader_to_the_end(),
        )

    def _reader_to_the_end(self) -> ReadReplies:
        """What is said of an unfinished line may be unfinished as well."""
        read = self._reader()
        if self._transcript is not None:
            return read
        ours = self.codec.counterpart
        return lambda received, replies, marks: with_unfinished_line(ours, received, read(received, replies, marks))

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
