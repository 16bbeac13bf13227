"""# lost-under-backpressure

## What it does
Loses replies when the reader is slow.

## Why it fails
A queue is full, or a non-blocking write would block, and what does not fit is thrown away. The client misses a reply
that was computed for it.

## Example
```javascript
if (!socket.write(reply)) { queue.length = 0; }   // "false" means: wait for "drain", not: it was not taken
```

## Write instead
```javascript
if (!socket.write(reply)) { source.pause(); socket.once("drain", () => source.resume()); }
```

## Seen in
Broadcasting servers with a bounded queue for each client; non-blocking sockets whose `EAGAIN` is ignored.
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR504",
    name="lost-under-backpressure",
    summary="replies vanish when whoever reads them is slow",
    documentation=__doc__,
    why_no_program="depends on how much room a socket has, which no spec decides",
)
