"""# partial-lost-on-timeout

## What it does
Forgets what had arrived of a message when a timeout strikes, and reads on.

## Why it fails
The octets that came before the timeout are gone, those that come after it are not: the stream is out of step, and
the middle of a message is taken for the start of one.

## Example
```python
def receive_message(connection):
    buffer = b""                              # begins anew with every call
    connection.settimeout(0.2)
    while len(buffer) < 16:
        buffer += connection.recv(16 - len(buffer))   # TimeoutError: the caller tries again
    return buffer
```

## Write instead
```python
class Reader:
    def __init__(self, connection):
        self.buffer = bytearray()             # outlives a call that was interrupted
```

## Seen in
`asyncio.wait_for(reader.read(…), timeout)` around a loop of one's own; `SO_RCVTIMEO` around a helper that reads
exactly so many octets.

## In production
After a pause on the line every further message of that connection is garbage, or answers the question before it,
until somebody reconnects. In tests a message is never half there when the timeout strikes.

## References
- Python, `socket.makefile` and timeouts
  <https://docs.python.org/3/library/socket.html#socket.socket.makefile>
- redis-py, issue 2624: off by one after a cancelled command
  <https://github.com/redis/redis-py/issues/2624>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import SOON, Session


class _Forgets(Session):
    """In silence the message that has begun is forgotten."""

    gives_up = True

    def fall_silent(self) -> bytes:
        self.loop.start_over()
        return b""


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, of which no part can be lost"


MISTAKE = Mistake(
    code="SR109",
    name="partial-lost-on-timeout",
    summary="what had arrived of a message is forgotten when a timeout strikes",
    documentation=__doc__,
    session=_Forgets,
    reactions=WITHOUT_CHOICE,
    details=("", SOON),
    why_not=_why_not,
)
