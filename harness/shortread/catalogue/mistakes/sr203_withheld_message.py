"""# withheld-message

## What it does
Leaves a complete message in the buffer until more octets come.

## Why it fails
It takes at most one message out of what one read gave (`if` where `while` is needed), or wants one octet more than the
message has (`>` for `>=`). Where the other side waits for the answer before it says more, both wait for ever.

## Example
```python
while chunk := connection.recv(4096):
    buffer += chunk
    if b"\\n" in buffer:                       # the second line of the chunk waits for another chunk
        line, _, buffer = buffer.partition(b"\\n")
        handle(line)
```

## Write instead
```python
while chunk := connection.recv(4096):
    buffer += chunk
    while b"\\n" in buffer:
        line, _, buffer = buffer.partition(b"\\n")
        handle(line)
```

## Seen in
`select()` around a buffered reader: the descriptor is not ready, because the octets are in the reader already.

## In production
Answers come late by one: each is sent when the next request arrives, and the last never. It begins with the first
client that sends two requests together; clients that wait for each answer, as tests do, see nothing.

## References
- Python, `ssl`, Notes on non-blocking sockets
  <https://docs.python.org/3/library/ssl.html#notes-on-non-blocking-sockets>
- websocket-client, issue 384: select does not see what the TLS socket has read
  <https://github.com/websocket-client/websocket-client/issues/384>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mistakes.sr201_dropped_following_message import no_followers
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Frame


class _OneForEachRead(Loop):
    """At most one message for each read; `more-needed` delivers it when an octet more has come."""

    _held: Frame | None = None

    def feed(self, octets: bytes) -> list[Frame]:
        frames = super().feed(octets)
        if self.axes.detail != "more-needed":
            return frames
        if self._held is not None:
            frames.insert(0, self._held)
        self._held = frames.pop() if frames and not self.available_bytes else None
        return frames

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        is_over = self.frames_of_read > 0 and self.axes.detail != "more-needed"
        if is_over and not (self.has_ended and self.axes.detail == "drained"):
            return None
        return super().take(request)


MISTAKE = Mistake(
    code="SR203",
    name="withheld-message",
    summary="a complete message waits in the buffer until more octets come",
    documentation=__doc__,
    loop=_OneForEachRead,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    details=("", "drained", "more-needed"),
    why_not=no_followers,
)
