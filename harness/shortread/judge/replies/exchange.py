"""What must come back for each message is written down in the spec."""

from __future__ import annotations

from shortread.judge.delivered import Delivered
from shortread.judge.expectation import Reply
from shortread.judge.replies.reply_rule import WrittenDown
from shortread.stream import Conversation


class Exchange(WrittenDown):
    """The answers of a conversation, each once the messages before it are complete."""

    def __init__(self, conversation: Conversation) -> None:
        self._answers = conversation.answers

    def due(self, delivered: Delivered, _: int) -> tuple[Reply, ...]:
        """The answers to what was delivered, and what the other side says first."""
        complete_bytes = delivered.ends[-1] if delivered.ends else 0
        return tuple(
            Reply(
                expected=answer.expected,
                wire=answer.wire,
                after_bytes=answer.after_bytes,
                peer=delivered.asked_at(answer.after_bytes),
            )
            for answer in self._answers
            if answer.after_bytes <= complete_bytes
        )
