"""# read-size-limit

## What it does
Cuts a message that is longer than the buffer, or breaks on it, although the protocol allows it.

## Why it fails
The size that was given to `recv()`, or of the array behind it, became the longest message without anybody having
decided that.

## Example
```c
char buffer[1024];
size_t used = 0;
while (used < length && used < sizeof buffer)              /* and what does not fit is left behind */
    used += read(fd, buffer + used, sizeof buffer - used);
```

## Write instead
```c
if (length > MAX_LENGTH) return refuse(fd);                /* a limit that the protocol knows */
char *buffer = malloc(length);                             /* and room for all that is below it */
```

## Seen in
Programs whose longest test message is a line of text; `recv(1024)` in nearly every introduction.

## In production
The first long message, perhaps months after the release, is cut or ends the connection, and does so again with every
attempt to send it. Test messages are short.

## References
- Go, `bufio.Scanner` and `MaxScanTokenSize`
  <https://pkg.go.dev/bufio#Scanner>
- RFC 5321, section 4.5.3.1, Size Limits and Minimums
  <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1>
- Python, `asyncio.StreamReader.readuntil` and its limit
  <https://docs.python.org/3/library/asyncio-stream.html#streamreader>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reaction
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until

_SIZES_BYTES = (1024, 256, 4096, 65536)


class _LimitedBody(Loop):
    """A body has at most as many octets as a read; the rest is dropped, or is too much for the program."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        limit = int(self.axes.detail)
        if octets is None or not self.field.is_body or len(octets) <= limit:
            return octets
        if self.axes.reaction is not Reaction.CARRIES_ON:
            self.trip()
        return octets[:limit]


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_body_bytes > min(_SIZES_BYTES) else "has no message that is long enough"


MISTAKE = Mistake(
    code="SR110",
    name="read-size-limit",
    summary="a message that is longer than the buffer is cut, or breaks the loop",
    documentation=__doc__,
    loop=_LimitedBody,
    reactions=(Reaction.CARRIES_ON, Reaction.CLOSES, Reaction.DIES),
    details=tuple(map(str, _SIZES_BYTES)),
    is_possible=lambda axes, requested: int(axes.detail) < requested.longest_body_bytes,
    why_not=_why_not,
)
