"""# dropped-following-message

## What it does
Throws away what came behind the first message of a read.

## Why it fails
Several messages, or one and the beginning of the next, may come in one read: TCP joins what was sent quickly one
after the other. What is thrown away never comes again, and the stream is out of step from there.

## Example
```python
data = connection.recv(4096)
line, _, rest = data.partition(b"\\n")
handle(line)                                  # and `rest` is never looked at
```

## Write instead
```python
buffer += connection.recv(4096)
while (end := buffer.find(b"\\n")) >= 0:
    handle(bytes(buffer[:end]))
    del buffer[:end + 1]                      # the rest stays for the next message
```

## Seen in
7 of 48 published packages with a confirmed bug of this kind lost or glued what followed; buffered readers that are
created anew for every message.

## In production
Requests vanish without a trace in any log, and most of them from the busiest clients; callers see timeouts. A test
that waits for each answer leaves nothing behind a message that could be lost.

## References
- RFC 2920, section 3.2, Server support of pipelining
  <https://www.rfc-editor.org/rfc/rfc2920#section-3.2>
- Python, Socket Programming HOWTO, Using a Socket
  <https://docs.python.org/3/howto/sockets.html#using-a-socket>
- esp-mqtt, issue 18: only the first message of a read is processed
  <https://github.com/espressif/esp-mqtt/issues/18>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.stream import Frame


class _RestDropped(Loop):
    """When a message is complete the buffer is emptied."""

    def finish(self, frame: Frame) -> Frame:
        self.drop_unused()
        return frame


def no_followers(requested: Requested) -> str | None:
    """Where only one message comes on a connection nothing can follow it."""
    if requested.has_rest or requested.spec.reply == "close":
        return "has one message for each connection"
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, all of which are alike"


MISTAKE = Mistake(
    code="SR201",
    name="dropped-following-message",
    summary="when two messages arrive in one read, what is behind the first is thrown away",
    documentation=__doc__,
    loop=_RestDropped,
    readings=(Reading.BUFFER,),
    read_sizes_bytes=(65536, 1024),
    reactions=WITHOUT_CHOICE,
    why_not=no_followers,
)
