"""# truncated-message-delivered

## What it does
Delivers an unfinished message, when the stream ends inside of it, as if it were whole.

## Why it fails
The sender died, or the connection broke: what has come is a part of something. A part of an order, a file or a number
is another order, file or number.

## Example
```python
while len(body) < length:
    piece = connection.recv(length - len(body))
    if not piece:
        break                                 # and the body is used although it is too short
    body += piece
handle(body)
```

## Write instead
```python
while len(body) < length:
    piece = connection.recv(length - len(body))
    if not piece:
        raise EOFError(f"the stream ended after {len(body)} of {length} octets")
    body += piece
handle(body)
```

## Seen in
10 of 48 published packages with a confirmed bug of this kind; `read(n)` of a buffered file, which gives less at the
end without saying so.

## In production
Files, orders or JSON that end in the middle, stored as if they were whole, after a deployment, a crash or a broken
line; the error appears where they are used. In tests nobody dies inside a message.

## References
- RFC 9112, section 8, Handling Incomplete Messages
  <https://www.rfc-editor.org/rfc/rfc9112#section-8>
- Go, `io.ReadFull` and `io.ErrUnexpectedEOF`
  <https://pkg.go.dev/io#ReadFull>
- urllib3, issue 311: a body shorter than its Content-Length was taken for a whole one
  <https://github.com/urllib3/urllib3/issues/311>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reaction
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _TruncatedDelivered(Loop):
    """The end serves for whatever is asked for; `body` delivers only messages whose body had begun."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        has_begun = not self.is_between_frames
        if octets is not None or not self.has_ended or not has_begun:
            return octets
        if self.axes.detail == "body" and self.field.is_header:
            return None
        return self.short(request)


def _why_not(requested: Requested) -> str | None:
    if requested.has_rest:
        return "has messages that the end of the stream completes"
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, which cannot be truncated"


MISTAKE = Mistake(
    code="SR301",
    name="truncated-message-delivered",
    summary="a message that the end of the stream cuts short is delivered as if it were whole",
    documentation=__doc__,
    loop=_TruncatedDelivered,
    reactions=(Reaction.CARRIES_ON, Reaction.RUBBISH),
    details=("", "body"),
    why_not=_why_not,
)
