"""# partial-body-read

## What it does
Takes the body from a single read.

## Why it fails
`recv(length)` gives at most `length` octets, and as few as one. A body that was sent in one call may arrive in two
segments; one that is longer than a segment nearly always does.

## Example
```python
length = int.from_bytes(receive_exactly(connection, 2), "big")
body = connection.recv(length)                # a part of it, and the rest is taken for the next header
```

## Write instead
```python
length = int.from_bytes(receive_exactly(connection, 2), "big")
body = receive_exactly(connection, length)
```

## Seen in
With `partial-header-read`, in 19 of 48 published packages with a confirmed bug of this kind. It passes every test
whose messages are short, and fails with the first long one.

## In production
Long messages arrive cut, and the one behind them is refused as garbage: first over slow links, and from the day on
which messages outgrow a segment. The loopback interface of Linux takes packets of 64 kilobytes, so that short
messages are never cut in a test.

## References
- POSIX.1-2024, `recv()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/recv.html>
- Java, `DataInputStream.readFully`
  <https://docs.oracle.com/javase/8/docs/api/java/io/DataInputStream.html>
- mod_tile, pull request 469: recv() that gives fewer octets than were asked for
  <https://github.com/openstreetmap/mod_tile/pull/469>
"""

from __future__ import annotations

from shortread.catalogue.axes import Axes, Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _BodyFromOneRead(Loop):
    """The body is what one read gave, or what one read added to what had come with the header.

    A reader that `held` something gives that, and reads only where it has nothing. Who is `unchecked` takes the end of
    the stream for a read like any other. With a `trailer` the read is for what stands behind the body, too.
    """

    def fill(self) -> int:
        asked = super().fill()
        is_for_trailer = "trailer" in self.axes.detail and self.axes.reading is Reading.EXACT and self.field.is_body
        return asked + self.field.trailer_bytes if is_for_trailer else asked

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if not self.field.is_body or not isinstance(request, Exactly):
            return super().take(request)
        trailer_bytes = self.field.trailer_bytes if "trailer" in self.axes.detail else 0
        if self.available_bytes >= request.count + trailer_bytes:
            return super().take(request)
        if self.has_ended:
            return self.short(request) if "unchecked" in self.axes.detail else None
        # Whoever looks for the body only in the read that brought the header finds nothing where that was all.
        has_read = self.reads > 0 or self.axes.detail == "same-read"
        return self.short(request) if has_read or (self.available_bytes and "held" in self.axes.detail) else None


def _why_not(requested: Requested) -> str | None:
    return None if requested.body_bytes > 1 else "has no body of a known size"


def _is_possible(axes: Axes, requested: Requested) -> bool:
    if "trailer" in axes.detail and not requested.has_trailer:
        return False
    if "unchecked" in axes.detail and axes.reaction in (Reaction.CLOSES, Reaction.DIES):
        return False
    return axes.reading is Reading.BUFFER or axes.detail in ("", "unchecked", "trailer")


MISTAKE = Mistake(
    code="SR102",
    name="partial-body-read",
    summary="the body is taken from one read, which may give only a part of it",
    documentation=__doc__,
    loop=_BodyFromOneRead,
    reactions=tuple(Reaction),
    details=("", "unchecked", "held", "held-unchecked", "held-trailer", "trailer", "same-read"),
    is_possible=_is_possible,
    why_not=_why_not,
)
