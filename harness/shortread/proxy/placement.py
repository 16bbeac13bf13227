"""Where a fault strikes: behind so many octets of the stream, of a message, or of a field in it."""

from __future__ import annotations

from dataclasses import dataclass

from shortread.proxy.messages import Message
from shortread.proxy.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Behind `after_octets` of the field `field` of the messages `messages`.

    Without `messages` the octets are counted from the start of the stream; without `field`, from the start of the
    message. A field is named as the spec names it, or by its role; the first that answers to either is meant.
    """

    after_octets: int
    messages: Selection | None = None
    field: str | None = None

    def __str__(self) -> str:
        field = f" of {self.field}" if self.field is not None else ""
        messages = f" of message {self.messages}" if self.messages is not None else ""
        return f"after {self.after_octets}{field}{messages}"

    def offset_in(self, message: Message) -> int | None:
        """The stream offset of the place in a complete message; None where the message has no such place."""
        start, end = 0, message.end - message.start
        if self.field is not None:
            span = next((span for span in message.spans if span.name == self.field), None)
            span = span or next((span for span in message.spans if span.role == self.field), None)
            if span is None:
                return None
            start, end = span.start, span.end
        offset = start + self.after_octets
        return message.start + offset if offset <= end else None
