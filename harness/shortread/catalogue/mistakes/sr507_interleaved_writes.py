"""# interleaved-writes

## What it does
Mixes two replies into each other.

## Why it fails
Two threads write to one connection, each in several pieces. The octets of one reply come to lie within the other.

## Example
```python
def reply(message):                           # called by any thread
    connection.sendall(header(message))
    connection.sendall(message)               # another thread's header may come before this
```

## Write instead
```python
def reply(message):
    with lock:                                # one lock for each connection
        connection.sendall(header(message) + message)
```

## Seen in
Servers that answer from a pool of threads; loggers that share a socket.

## In production
Garbage on a few connections under load, always with two replies that were due at the same moment; the reader never
finds its way back. Tests have one request under way, and small writes on localhost hardly ever meet.

## References
- POSIX.1-2024, `write()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html>
- runtime, issue 44422: Socket.Send from several threads on Linux
  <https://github.com/dotnet/runtime/issues/44422>
- rabbitmq-dotnet-client, pull request 683: a lock for all socket writes on a connection
  <https://github.com/rabbitmq/rabbitmq-dotnet-client/pull/683>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR507",
    name="interleaved-writes",
    summary="two replies are mixed into each other",
    documentation=__doc__,
    why_no_program="depends on which thread runs when, which no delivery decides",
)
