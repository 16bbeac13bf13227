"""# silence-means-end

## What it does
Takes a pause for the end: of the message, or of the stream.

## Why it fails
A pause means that a router, a garbage collector or a person was slow. How long the next segment takes is not part of
the protocol.

## Example
```python
connection.settimeout(0.2)
try:
    while True:
        data += connection.recv(4096)
except TimeoutError:
    handle(data)                              # "nothing more came, so this is the message"
```

## Write instead
```python
while (message := take_message(buffer)) is None:   # the framing says when a message is complete
    chunk = connection.recv(4096)
    if not chunk:
        raise EOFError("the stream ended inside a message")
    buffer += chunk
```

## Seen in
Programs for serial lines that were ported to TCP; `select()` with a timeout whose empty answer is taken for the end;
non-blocking reads whose `EAGAIN` is.

## In production
Cut messages whenever the network or the other side is slow for longer than the limit: at peak hours, during garbage
collection, after one lost segment. Nothing pauses that long on localhost; all that shows there is that every reply is
late by the limit.

## References
- RFC 6298, section 2, The Basic Algorithm
  <https://www.rfc-editor.org/rfc/rfc6298#section-2>
- RFC 9112, section 6.3, Message Body Length
  <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>
- Python, `socket`, Notes on socket timeouts
  <https://docs.python.org/3/library/socket.html#notes-on-socket-timeouts>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reaction
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import SOON, Session
from shortread.codec.requests import Exactly, Rest, Until


class _EndsInSilence(Loop):
    """Where it has given up, what has come is delivered, if the axis says so."""

    has_given_up = False

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        is_delivered = octets is None and self.has_given_up and self.axes.reaction is Reaction.CARRIES_ON
        return self.short(request) if is_delivered else octets


class _GivesUp(Session):
    """In silence inside a message the stream is over: what has come is delivered, or the connection is closed."""

    gives_up = True
    loop: _EndsInSilence

    def fall_silent(self) -> bytes:
        if self.loop.is_between_frames:
            return b""
        self.loop.has_given_up = True
        return self.end()


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, inside of which nobody pauses"


MISTAKE = Mistake(
    code="SR108",
    name="silence-means-end",
    summary="a pause, or an empty poll, is taken for the end",
    documentation=__doc__,
    loop=_EndsInSilence,
    session=_GivesUp,
    reactions=(Reaction.CLOSES, Reaction.CARRIES_ON),
    details=("", SOON),
    why_not=_why_not,
)
