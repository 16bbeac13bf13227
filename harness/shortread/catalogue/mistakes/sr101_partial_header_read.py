"""# partial-header-read

## What it does
Takes the header, or the length, from a single read.

## Why it fails
`recv(2)` returns as soon as there is anything: one octet is a legal answer to it. On localhost the header always
comes in one piece, because the sender wrote it in one piece. Behind a router, a proxy or TLS it may be cut anywhere.

## Example
```python
header = connection.recv(2)
(length,) = struct.unpack(">H", header)       # struct.error, or a wrong length, when one octet came
```

## Write instead
```python
def receive_exactly(connection, size):
    octets = bytearray()
    while len(octets) < size:
        piece = connection.recv(size - len(octets))
        if not piece:
            raise EOFError(f"the stream ended after {len(octets)} of {size} octets")
        octets += piece
    return bytes(octets)

(length,) = struct.unpack(">H", receive_exactly(connection, 2))
```

## Seen in
The commonest mistake of all: in 19 of 48 published packages with a confirmed bug of this kind, a read was taken for as
many octets as it asked for. Often the body is read in a loop and only the header, being so short, is not.

## In production
Parse errors, absurd lengths or a connection that waits for gigabytes, now and then, once clients reach the service
through a VPN, a proxy or TLS; everything on that connection is wrong from there. On localhost a header of a few
octets is written, and so read, in one piece.

## References
- Python, Socket Programming HOWTO, Using a Socket
  <https://docs.python.org/3/howto/sockets.html#using-a-socket>
- Go, `io.ReadFull`
  <https://pkg.go.dev/io#ReadFull>
- PyMySQL, issue 16: packet header wasn't fully received
  <https://github.com/PyMySQL/PyMySQL/issues/16>
"""

from __future__ import annotations

from shortread.catalogue.axes import Axes, Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _HeaderFromOneRead(Loop):
    """What is left of the message before counts as the read, unless the axis says that one more is made.

    Where the header is read `at-once`, all its fields come from one read.
    """

    def fill(self) -> int:
        asked = super().fill()
        is_by_field = self.axes.detail != "at-once" or self.axes.reading is Reading.BUFFER
        return asked if is_by_field else max(asked, self.field.header_bytes - self.available_bytes)

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if self.axes.detail == "at-once":
            return self._take_at_once(request)
        octets = super().take(request)
        has_read = self.reads > 0 or self.axes.detail != "one-more-read"
        if octets is not None or not self.field.is_header or not self.available_bytes or not has_read:
            return octets
        is_line_by_octet = isinstance(request, Until) and self.axes.reading is Reading.EXACT
        return octets if is_line_by_octet else self.short(request)

    def _take_at_once(self, request: Exactly | Until | Rest) -> bytes | None:
        lacking = self.field.header_bytes - self.available_bytes
        is_short = not self.has_ended and self.field.is_first and self.available_bytes > 0 and lacking > 0
        if is_short and self.axes.reaction is not Reaction.RUBBISH:
            self.trip()
        if is_short:
            self._buffer += bytes(lacking)
        return super().take(request)


def _why_not(requested: Requested) -> str | None:
    if requested.header_bytes > 1 or requested.has_header_line:
        return None
    return "has no header that can be cut"


def _is_possible(axes: Axes, requested: Requested) -> bool:
    if axes.detail == "at-once":
        return requested.has_header_fields and axes.reaction is not Reaction.CARRIES_ON
    return axes.reading is Reading.BUFFER or (requested.header_bytes > 1 and not axes.detail)


MISTAKE = Mistake(
    code="SR101",
    name="partial-header-read",
    summary="the header, or the length, is taken from one read, which may give only a part of it",
    documentation=__doc__,
    loop=_HeaderFromOneRead,
    reactions=tuple(Reaction),
    details=("", "one-more-read", "at-once"),
    is_possible=_is_possible,
    why_not=_why_not,
)
