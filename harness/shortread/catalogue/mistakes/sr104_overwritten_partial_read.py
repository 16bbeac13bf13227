"""# overwritten-partial-read

## What it does
Reads in a loop until there is enough, but assigns the new octets over the old ones.

## Why it fails
The loop looks right, and is never entered twice on localhost. When it is, what the first read gave is lost: with
`recv(size)` again the field is read past its end, with `recv(size - len(piece))` there may never be enough, and where
the octets are counted apart only the last piece is left.

## Example
```python
header = connection.recv(2)
while len(header) < 2:
    header = connection.recv(2)               # takes the second octet of the header and the first of the body
```

## Write instead
```python
header = connection.recv(2)
while len(header) < 2:
    piece = connection.recv(2 - len(header))
    if not piece:
        raise EOFError("the stream ended inside a header")
    header += piece
```

## Seen in
Classroom `receive()` functions; loops that were added after the first bug report and never met a cut message again.

## In production
One connection in many goes out of step and then times out or reports garbage, only for users far away. On localhost
the second turn of the loop is never taken.

## References
- UNIX Network Programming, volume 1, 3rd edition, section 3.9, readn, writen, and readline Functions
  <http://www.unpbook.com/>
- Java, `DataInputStream.readFully`
  <https://docs.oracle.com/javase/8/docs/api/java/io/DataInputStream.html>
- seabolt, pull request 33: the second read overwrites what the first has given
  <https://github.com/neo4j-drivers/seabolt/pull/33>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _Overwritten(Loop):
    """The octets of a field that had come are replaced by those that come.

    With `header` only headers are, and a read asks for what the last one has left; `counted` counts all octets, and
    keeps those of the last read.
    """

    _overwritten_bytes = 0

    def fill(self) -> int:
        request = self._request
        if self.axes.reading is Reading.EXACT and isinstance(request, Exactly) and not self.axes.detail:
            return request.count
        return max(1, super().fill() - self._overwritten_bytes)

    def keep(self, octets: bytes) -> None:
        lost = self.available_bytes
        if lost and self._is_overwritten:
            self._overwritten_bytes += lost if self.axes.detail == "counted" else 0
            self.drop_unused()
            self._searched = self._position
        super().keep(octets)

    @property
    def _is_overwritten(self) -> bool:
        if self.axes.reading is Reading.EXACT and isinstance(self._request, Until):
            return False
        return self.axes.detail != "header" or self.field.is_header

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        is_counted_full = (
            isinstance(request, Exactly)
            and self._overwritten_bytes > 0
            and self._overwritten_bytes + self.available_bytes >= request.count
        )
        octets = self.everything() if is_counted_full else super().take(request)
        if octets is not None:
            self._overwritten_bytes = 0
        return octets


def _why_not(requested: Requested) -> str | None:
    return None if max(requested.header_bytes, requested.body_bytes) > 1 else "has no field of a known size"


MISTAKE = Mistake(
    code="SR104",
    name="overwritten-partial-read",
    summary="the loop assigns the octets of the next read over those of the one before",
    documentation=__doc__,
    loop=_Overwritten,
    reactions=WITHOUT_CHOICE,
    details=("", "header", "counted"),
    is_possible=lambda axes, _: axes.reading is Reading.EXACT or not axes.detail,
    why_not=_why_not,
)
