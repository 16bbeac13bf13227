"""# last-message-lost-at-end

## What it does
Loses a complete message that comes directly before the end of the stream.

## Why it fails
The loop looks at the end first and leaves, with the last octets still unhandled; or it handles what it has collected
only when something more comes.

## Example
```python
while not (end := poll(connection)):          # told of the end, it leaves
    buffer += connection.recv(4096)
    take_messages(buffer)                     # so that the last octets are never looked at
```

## Write instead
```python
while data := connection.recv(4096):          # the end comes behind the last octets, never before
    buffer += data
    take_messages(buffer)
```

## Seen in
`finally` blocks that clear a queue, and pipelines whose last stage is closed before the first one is empty.

## In production
The last record of a batch, a log or an upload is missing now and then, mostly from clients that send and close at
once. It depends on whether data and end are seen together, and on localhost the data is read before the end arrives.

## References
- POSIX.1-2024, `poll()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/poll.html>
- Linux, poll(2), POLLHUP
  <https://man7.org/linux/man-pages/man2/poll.2.html>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session
from shortread.stream import Frame


class _LastLost(Session):
    """When it knows of the end, the last message that came with it is not handled; none is where it is `seen-first`."""

    watches_for_end = True

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        if self.is_told_of_end and self.loop.axes.detail == "seen-first":
            return b""
        return super().handle(frames[:-1] if self.is_told_of_end else frames, is_end=is_end)


def _why_not(requested: Requested) -> str | None:
    if requested.has_rest or requested.spec.reply_after == "end":
        return "ends its messages with the stream, so that no reply would come at all"
    return None


MISTAKE = Mistake(
    code="SR307",
    name="last-message-lost-at-end",
    summary="a complete message directly before the end of the stream is lost",
    documentation=__doc__,
    session=_LastLost,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    details=("", "seen-first"),
    why_not=_why_not,
)
