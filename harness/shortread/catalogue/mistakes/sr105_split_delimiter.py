"""# split-delimiter

## What it does
Misses a delimiter of several octets when it arrives in two reads.

## Why it fails
Only the new octets are searched. When CR ends one read and LF begins the next, neither read contains CR LF: the message
does not end, and is glued to the one behind it.

## Example
```python
while True:
    chunk = connection.recv(4096)
    line += chunk
    if b"\\r\\n" in chunk:                       # searches the chunk, not what has been collected
        break
```

## Write instead
```python
while (end := buffer.find(b"\\r\\n")) < 0:
    chunk = connection.recv(4096)
    if not chunk:
        raise EOFError("the stream ended inside a line")
    buffer += chunk                           # and then all of it is searched, or from one octet before the old end
line = bytes(buffer[:end])
del buffer[:end + 2]
```

## Seen in
6 of 48 published packages with a confirmed bug of this kind had one with delimiters; hand-written HTTP servers that
look for the blank line.

## In production
A request in tens of thousands hangs until its timeout or is answered with an error, with no pattern in what was
asked: what counts is where a segment ends. Short lines on localhost are not cut anywhere.

## References
- Python, `asyncio.StreamReader.readuntil`
  <https://docs.python.org/3/library/asyncio-stream.html#streamreader>
- RFC 5321, section 2.3.8, Lines
  <https://www.rfc-editor.org/rfc/rfc5321#section-2.3.8>
- vegur, pull request 82: CRLF on package boundaries
  <https://github.com/heroku/vegur/pull/82>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _OnlyNewOctetsSearched(Loop):
    """A search goes on where the one before ended, although a delimiter may have begun before that."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if not isinstance(request, Until) or self._searched <= self._position:
            return super().take(request)
        longest = max(map(len, request.delimiters))
        # The correct search steps back by all but one octet of the delimiter.
        self._searched = min(len(self._buffer), self._searched + longest - 1)
        return super().take(request)


def _why_not(requested: Requested) -> str | None:
    return None if any(len(one) > 1 for one in requested.delimiters) else "has no delimiter of two octets or more"


MISTAKE = Mistake(
    code="SR105",
    name="split-delimiter",
    summary="a delimiter is missed when it arrives in two reads",
    documentation=__doc__,
    loop=_OnlyNewOctetsSearched,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
