"""# delimiter-only-at-end

## What it does
Looks for the delimiter only at the end of what was read.

## Why it fails
The end of a read is not the end of a message. Two lines in one read become one, and a line with the beginning of the
next behind it is not seen until that is complete as well.

## Example
```python
while not data.endswith(b"\\n"):
    data += connection.recv(4096)
handle(data[:-1])                             # may hold several lines
```

## Write instead
```python
while (end := buffer.find(b"\\n")) < 0:
    buffer += connection.recv(4096)
handle(bytes(buffer[:end]))
del buffer[:end + 1]
```

## Seen in
Chat servers, and drivers for instruments that answer one question at a time, until two answers come together.

## In production
Under load several commands are taken for one and refused, or nothing is answered until traffic pauses. In a test
every read ends with a line, since every line is written alone.

## References
- RFC 2920, section 3.2, Server support of pipelining
  <https://www.rfc-editor.org/rfc/rfc2920#section-3.2>
- Python, `asyncio.StreamReader.readuntil`
  <https://docs.python.org/3/library/asyncio-stream.html#streamreader>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mistakes.sr201_dropped_following_message import no_followers
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _OnlyAtEnd(Loop):
    """All up to a delimiter at the very end is one message; where it is `split`, it is as many as there are."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if not isinstance(request, Until) or not self.field.is_body:
            return super().take(request)
        end = next((len(self._buffer) - len(one) for one in request.delimiters if self._buffer.endswith(one)), -1)
        if end < self._position:
            return None
        if self.axes.detail == "split":
            return super().take(request)
        octets = bytes(self._buffer[self._position : end])
        self._position = self._searched = end
        self.reads = 0
        return octets


def _why_not(requested: Requested) -> str | None:
    return no_followers(requested) if requested.body_delimiters else "has no delimiter behind its messages"


MISTAKE = Mistake(
    code="SR204",
    name="delimiter-only-at-end",
    summary="the delimiter is looked for only at the end of what was read",
    documentation=__doc__,
    loop=_OnlyAtEnd,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    details=("", "split"),
    why_not=_why_not,
)
