"""# delimiter-in-payload

## What it does
Takes octets of the payload for a delimiter.

## Why it fails
Where a length says how long a message is, anything may be in it: line ends, commas, the very octets that end it.
Whoever searches for these ends the message too early.

## Example
```python
length, _, rest = buffer.partition(b":")
message = rest[:rest.index(b",")]             # the first comma, which may be one of the payload
```

## Write instead
```python
length, _, rest = buffer.partition(b":")
message = rest[:int(length)]                  # the length says where it ends, and the comma is only checked
```

## Seen in
Readers of length-prefixed formats that were lines once; `readline()` on binary data; SIP and HTTP bodies.

## In production
Certain contents, a binary file or a text with a blank line, can never be sent; what follows the octets is obeyed as
if it were another message, which an attacker can write. Test payloads are words.

## References
- Netstrings
  <https://cr.yp.to/proto/netstrings.txt>
- RFC 3261, section 18.3, Framing
  <https://www.rfc-editor.org/rfc/rfc3261#section-18.3>
- CERT/CC VU#302671, SMTP end-of-data uncertainty
  <https://kb.cert.org/vuls/id/302671>
"""

from __future__ import annotations

from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Role


class _PayloadSearched(Loop):
    """A body of a known length ends before its first comma, or its first line end, where there is one in it."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if request.role is not Role.BODY or not isinstance(request, Exactly):
            return super().take(request)
        found = self._buffer.find(_MARKS[self.axes.detail], self._position + 1, self._position + request.count)
        return super().take(request if found < 0 else Exactly(found - self._position))


_MARKS = {"comma": b",", "line-end": b"\n", "nul": b"\0"}


def _why_not(requested: Requested) -> str | None:
    if requested.body_bytes <= 1:
        return "ends its messages by delimiters anyway"
    return None


MISTAKE = Mistake(
    code="SR406",
    name="delimiter-in-payload",
    summary="octets of the payload are taken for a delimiter, a length or an end mark",
    documentation=__doc__,
    loop=_PayloadSearched,
    reactions=WITHOUT_CHOICE,
    details=tuple(_MARKS),
    is_possible=lambda axes, requested: _MARKS[axes.detail] in requested.body_octets,
    why_not=_why_not,
)
