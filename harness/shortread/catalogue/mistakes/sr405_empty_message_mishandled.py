"""# empty-message-mishandled

## What it does
Treats a message of length zero as something else: as the end, as nothing, or as a reason to wait.

## Why it fails
An empty message is a message. In most languages "no octets" and "empty" are both false, and a read of zero octets looks
like the end of the stream.

## Example
```python
body = receive_exactly(connection, length)
if not body:                                  # meant for the end of the stream, true for an empty message
    break
```

## Write instead
```python
body = receive_exactly(connection, length)    # raises EOFError where the stream has ended
handle(body)
```

## Seen in
4 of 48 published packages with a confirmed bug of this kind.

## In production
One user's empty field, or a keep-alive message without content, ends the connection or stops it for good, on every
attempt. Nobody thinks of sending nothing in a test.

## References
- Redis, serialization protocol specification, Bulk strings
  <https://redis.io/docs/latest/develop/reference/protocol-spec/#bulk-strings>
- Python, Truth Value Testing
  <https://docs.python.org/3/library/stdtypes.html#truth-value-testing>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session, State
from shortread.stream import Frame


class _EmptyIsNothing(Session):
    """Empty messages get no answer, end the connection, or make the reader wait for more."""

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        first = next((number for number, frame in enumerate(frames) if _is_empty(frame)), None)
        if first is None:
            return super().handle(frames, is_end=is_end)
        if self.loop.axes.detail == "vanishes":
            return super().handle([frame for frame in frames if not _is_empty(frame)], is_end=is_end)
        said = super().handle(frames[:first], is_end=is_end)
        self.state = State.CLOSED if self.loop.axes.detail == "ends" else State.STUCK
        return said


def _is_empty(frame: Frame) -> bool:
    return frame.message in (b"", "")


def _why_not(requested: Requested) -> str | None:
    return None if requested.has_empty else "has no empty message"


MISTAKE = Mistake(
    code="SR405",
    name="empty-message-mishandled",
    summary="a message of length zero ends the connection, stalls the reader, or vanishes",
    documentation=__doc__,
    session=_EmptyIsNothing,
    reactions=WITHOUT_CHOICE,
    details=("ends", "vanishes", "stalls"),
    why_not=_why_not,
)
