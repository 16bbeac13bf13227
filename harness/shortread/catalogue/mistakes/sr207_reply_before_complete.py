"""# reply-before-complete

## What it does
Has no framing at all: what a read gives is answered at once.

## Why it fails
Something is sent back before the message was complete. In the end the same octets may have come back, so a test that
compares only those passes; whoever acts on the first reply acts on a part of a message.

## Example
```python
while data := connection.recv(1024):
    connection.sendall(data)                  # an echo of reads, not of messages
```

## Write instead
```python
while data := connection.recv(1024):
    buffer += data
    while (message := take_message(buffer)) is not None:
        connection.sendall(encode(message))
```

## Seen in
The echo server of every introduction, which became the skeleton of a server with messages.

## In production
Callers act on halves of replies, and the number of replies is not that of requests, once anything cuts a message on
its way. On localhost one write is one read, and an echo of reads looks like an echo of messages.

## References
- RFC 862, Echo Protocol
  <https://www.rfc-editor.org/rfc/rfc862>
- Python, Socket Programming HOWTO, Using a Socket
  <https://docs.python.org/3/howto/sockets.html#using-a-socket>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session


class _ReadsReturned(Session):
    """What was read is said."""

    def read(self, octets: bytes) -> bytes:
        return octets


def _why_not(requested: Requested) -> str | None:
    if requested.spec.reply != "echo":
        return "is not answered by the same octets"
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, which are complete when they come"


MISTAKE = Mistake(
    code="SR207",
    name="reply-before-complete",
    summary="something comes back before the message was complete: every read is returned as it is",
    documentation=__doc__,
    session=_ReadsReturned,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
