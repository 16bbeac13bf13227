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
"""

from __future__ import annotations

from shortread.catalogue.axes import Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until


class _BodyFromOneRead(Loop):
    """The body is what one read gave, or what one read added to what had come with the header."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        if octets is not None or not self.field.is_body or not isinstance(request, Exactly) or self.has_ended:
            return octets
        # Whoever looks for the body only in the read that brought the header finds nothing where that was all.
        return self.short(request) if self.reads or self.axes.detail == "same-read" else None


def _why_not(requested: Requested) -> str | None:
    return None if requested.body_bytes > 1 else "has no body of a known size"


MISTAKE = Mistake(
    code="SR102",
    name="partial-body-read",
    summary="the body is taken from one read, which may give only a part of it",
    documentation=__doc__,
    loop=_BodyFromOneRead,
    reactions=tuple(Reaction),
    details=("", "same-read"),
    is_possible=lambda axes, _: axes.reading is Reading.BUFFER or not axes.detail,
    why_not=_why_not,
)
