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

## In production
Clients on slow lines miss updates or replies, most of them at peak times, and the server reports success. Test
clients read as fast as they can, and no queue ever fills.

## References
- Node.js, `stream.Writable`, Event: 'drain'
  <https://nodejs.org/api/stream.html#event-drain>
- POSIX.1-2024, `send()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/send.html>
- Python, `asyncio.StreamWriter.drain`
  <https://docs.python.org/3/library/asyncio-stream.html#streamwriter>
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
