"""The ways of replying, by what a spec says."""

from __future__ import annotations

from shortread.codec.frame_codec import FrameCodec
from shortread.judge.replies.echo import Echo, RecordedEcho
from shortread.judge.replies.exchange import Exchange
from shortread.judge.replies.reply_rule import ReplyRule
from shortread.judge.replies.same_as_whole import SameAsWhole
from shortread.stream import Conversation


def rule_for(codec: FrameCodec, conversation: Conversation) -> ReplyRule:
    """The rule for one conversation of a spec.

    The answers of a conversation say what must come, where it has any: what an implementation emits is an exchange in
    which only the other side speaks. `close` says when the connection is ended, not what is replied: what the exchange
    says, or the same message.
    """
    spec = codec.spec
    if spec.exchange is not None or spec.turns is not None or spec.reply == "emits" or conversation.answers:
        return Exchange(conversation)
    if spec.reply == "same-as-whole" or (spec.is_recorded and spec.reply is None):
        return SameAsWhole(codec)
    return RecordedEcho() if spec.is_recorded else Echo(codec)
