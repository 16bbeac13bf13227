r"""# split-escape

## What it does
Misses an escape sequence when it arrives in two reads.

## Why it fails
Escapes are undone read by read. When the escape octet ends one read, it stands for itself, and so does the octet that
begins the next one.

## Example
```python
while chunk := connection.recv(4096):
    line += chunk.replace(b"\\n", b"\n")      # backslash at the end of one chunk, n at the start of the next
```

## Write instead
```python
line = take_line(buffer)                      # first the frame, from its start to its delimiter
text = unescape(line)                         # then what is in it, once, as a whole
```

## Seen in
Drivers for SLIP, HDLC and other byte stuffing whose state does not outlive the interrupt or the callback; filters for
dot-stuffing that look at chunks instead of lines.

## In production
One octet too many, or a wrong one, in a few messages in a million, where a checksum of the application may find it
much later. The escape octet has to be the last of a read, which short writes on localhost never bring about.

## References
- RFC 1055, A Nonstandard for Transmission of IP Datagrams over Serial Lines: SLIP
  <https://www.rfc-editor.org/rfc/rfc1055>
- RFC 1662, section 4.2, Transparency
  <https://www.rfc-editor.org/rfc/rfc1662#section-4.2>
- RFC 5321, section 4.5.2, Transparency
  <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2>
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.parts.content import Content
from shortread.codec.requests import Exactly, Rest, Until
from shortread.codec.transforms import Transform


class _UnescapedPerRead(Loop):
    """An escape across the end of a read becomes what would have been sent for octets that mean themselves."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        part = self.field.part
        if octets is None or not isinstance(part, Content) or not part.transforms:
            return octets
        transform = part.transforms[-1]
        cuts = set(accumulate(map(len, self.pieces(octets))))
        for start, stop in reversed(list(_sequences(transform, octets))):
            cut = next((at for at in range(start + 1, stop) if at in cuts), None)
            if cut is not None:
                halves = octets[start:cut], octets[cut:stop]
                octets = octets[:start] + b"".join(transform.apply(half, b"") for half in halves) + octets[stop:]
        return octets


def _sequences(transform: Transform, octets: bytes) -> Iterator[tuple[int, int]]:
    """Each escape by itself: those that touch each other are told as one place."""
    for start, end in transform.escapes(octets):
        at = start
        while at < end:
            sizes = range(2, end - at + 1)
            size = next((size for size in sizes if list(transform.escapes(octets[at : at + size])) == [(0, size)]), 2)
            yield at, at + size
            at += size


def _why_not(requested: Requested) -> str | None:
    return None if requested.has_escapes else "has no escapes"


MISTAKE = Mistake(
    code="SR111",
    name="split-escape",
    summary="an escape sequence is missed when it arrives in two reads",
    documentation=__doc__,
    loop=_UnescapedPerRead,
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
